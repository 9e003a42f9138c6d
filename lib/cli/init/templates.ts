/** How the app's files are written. */
export type Format = 'esm' | 'commonjs' | 'typescript';

/** The answers that `init` got; empty if there is none. */
export interface Answers {
  readonly appName: string;
  readonly origin: string;
  readonly country: string;
  readonly loginUrl: string;
}

const NAMES = [
  'SMS_OTP_SECRET',
  'ORIGIN',
  'LDAP_URL',
  'LDAP_BASE_DN',
  'LDAP_BIND_DN',
  'LDAP_BIND_PASSWORD',
  'SMPP_URL',
];
/** An alphanumeric sender has 11 characters at most (SMPP 3.4, section 5.2.9; GSM 03.40). */
const LONGEST_SOURCE = 11;

/** The configuration file. */
export function configSource(answers: Answers, format: Format): string {
  return `// What smsOtp() takes: for the app, and for npx express-sms-otp doctor.
${importLines(format).join('\n')}

if (existsSync('.env')) process.loadEnvFile('.env'); // what the environment has already wins

${environmentLine(format)}

${format === 'commonjs' ? 'exports.options' : `export const options${format === 'typescript' ? ': SmsOtpOptions' : ''}`} = {
  secret: SMS_OTP_SECRET,
  origin: ORIGIN,
  appName: ${quoted(answers.appName)},
${optionLines(answers, format).join('')}  userStore: new LdapUserStore({
    url: LDAP_URL,
    baseDn: LDAP_BASE_DN,
    bindDn: LDAP_BIND_DN,
    bindPassword: LDAP_BIND_PASSWORD,
  }),
  transport: new SmppTransport({ smscs: [SMPP_URL], source: ${quoted(sourceOf(answers.appName))} }),
};
`;
}

/**
 * The three lines that an app with a session needs.
 *
 * @param extension that by which its modules name each other
 */
export function linesForApp(format: Format, extension = '.js'): readonly string[] {
  if (format === 'commonjs') {
    return [
      "const { smsOtp } = require('express-sms-otp');",
      "const { options } = require('./sms-otp.config.js');",
      'app.use(smsOtp(options));',
    ];
  }
  return [
    "import { smsOtp } from 'express-sms-otp';",
    `import { options } from './sms-otp.config${extension}';`,
    'app.use(smsOtp(options));',
  ];
}

/** For an app without a session. */
export function sessionLine(format: Format): readonly string[] {
  const load =
    format === 'commonjs' ? "const session = require('express-session');" : "import session from 'express-session';";
  const secret = format === 'typescript' ? 'String(process.env.SESSION_SECRET)' : 'process.env.SESSION_SECRET';
  const options = `secret: ${secret}, resave: false, saveUninitialized: false, cookie: { secure: 'auto', sameSite: 'lax' }`;
  const guard =
    format === 'commonjs'
      ? "const { sessionGuard } = require('express-sms-otp');"
      : "import { sessionGuard } from 'express-sms-otp';";
  return [load, guard, `app.use(sessionGuard(session({ ${options} })));`];
}

function importLines(format: Format): readonly string[] {
  const load = (name: string, from: string): string =>
    format === 'commonjs' ? `const { ${name} } = require('${from}');` : `import { ${name} } from '${from}';`;
  return [
    load('existsSync', 'node:fs'),
    ...(format === 'typescript' ? ["import type { SmsOtpOptions } from 'express-sms-otp';"] : []),
    load('LdapUserStore', 'express-sms-otp/ldap'),
    load('SmppTransport', 'express-sms-otp/smpp'),
  ];
}

function environmentLine(format: Format): string {
  if (format !== 'typescript') return `const { ${NAMES.join(', ')} } = process.env;`;
  const names = NAMES.map((name) => `'${name}'`).join(' | ');
  return `type Name = ${names};\nconst { ${NAMES.join(', ')} } = process.env as Record<Name, string>;`;
}

function optionLines({ country, loginUrl }: Answers, format: Format): readonly string[] {
  const cast = format === 'typescript' ? ' as { user?: { username: string } }' : '';
  return [
    ...(country === '' ? [] : [`  defaultCountry: ${quoted(country)},\n`]),
    ...(loginUrl === '' ? [] : [currentUserLines(cast), `  loginUrl: ${quoted(loginUrl)},\n`]),
  ];
}

function currentUserLines(cast: string): string {
  return `  // Returns the user that the login of the app has signed in, by the username in the directory.
  currentUser: (req) => {
    const { user } = req${cast};
    return user && { username: user.username, amr: ['pwd'] };
  },
`;
}

/** The sender of the SMS: what the operator has agreed to is to take its place. */
function sourceOf(appName: string): string {
  return appName.replace(/[^A-Za-z0-9]/g, '').slice(0, LONGEST_SOURCE) || 'Example';
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
