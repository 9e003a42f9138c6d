// The schemas of the OpenAPI document (JSON Schema 2020-12). All objects are closed.
const closed = (properties, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  unevaluatedProperties: false,
});
const seconds = { type: 'integer', minimum: 0 };
const masked = { type: 'string', pattern: '•', description: 'Masked, as `••• 0605`.' };
const when = (stage, required) => ({
  if: { properties: { stage: { const: stage } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required },
});

export const SCHEMAS = {
  Stage: { enum: ['none', 'number', 'send', 'enroll', 'code', 'verified'], description: 'Where the sign-in stands.' },
  NumberChoice: closed({ number: { type: 'integer', minimum: 0 }, phone: masked }),
  BrowserChoice: closed({
    browser: { type: 'integer', minimum: 0 },
    label: { type: 'string', description: 'As `Firefox, Linux`; empty if nothing is known.' },
    lastUsed: { type: 'integer', description: 'Seconds since 1970.' },
  }),
  User: closed({ id: { type: 'string' }, username: { type: 'string' }, displayName: { type: 'string' } }, [
    'id',
    'username',
  ]),
  State: {
    description: 'The state of the sign-in: what every success answers.',
    ...closed(
      {
        stage: { $ref: '#/components/schemas/Stage' },
        location: { type: 'string', description: 'The page on which it goes on.' },
        purpose: { enum: ['sign-in', 'step-up', 'enroll', 'change'] },
        numbers: { type: 'array', items: { $ref: '#/components/schemas/NumberChoice' } },
        browsers: { type: 'array', items: { $ref: '#/components/schemas/BrowserChoice' } },
        phone: masked,
        codeLength: { type: 'integer', minimum: 6, maximum: 8 },
        expiresInSeconds: seconds,
        resendInSeconds: seconds,
        attemptsRemaining: { type: 'integer', minimum: 0, description: 'Absent without a limit.' },
        delivery: { enum: ['queued', 'accepted', 'delivered', 'failed', 'unknown'] },
        user: { $ref: '#/components/schemas/User' },
        acr: { type: 'string' },
        amr: { type: 'array', items: { type: 'string' }, description: 'RFC 8176.' },
        recoveryCodes: {
          type: 'array',
          items: { type: 'string' },
          description: 'Those that were made by this request; shown once.',
        },
        recoveryCodesLeft: {
          type: 'integer',
          minimum: 0,
          description: 'On the account, with the option `recoveryCodes`.',
        },
        authTime: { type: 'integer', description: 'Seconds since 1970.' },
      },
      ['stage', 'location'],
    ),
    allOf: [
      when('code', ['purpose', 'phone', 'codeLength', 'expiresInSeconds', 'resendInSeconds', 'delivery']),
      when('number', ['purpose', 'numbers']),
      when('verified', ['user', 'authTime', 'amr']),
    ],
  },
  Username: { type: 'string', maxLength: 256 },
  Password: { type: 'string', maxLength: 1024 },
  Code: { type: 'string', maxLength: 64, description: '`codeLength` digits; blanks and hyphens are taken out.' },
  NumberIndex: {
    description: 'A place in the list that was last shown in this session, from 0.',
    oneOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: '^[0-9]{1,3}$' },
    ],
  },
  TrustBrowser: {
    description: 'Whether this browser is to be trusted, if the option `trustBrowser` allows it.',
    oneOf: [{ type: 'boolean' }, { enum: ['true', 'false', 'on', ''] }],
  },
  Phone: { type: 'string', maxLength: 64, description: 'As people write it.' },
  ReturnTo: { type: 'string', description: 'A path of this site to go to at the end; anything else is passed over.' },
};
