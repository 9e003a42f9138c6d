import { expect } from 'chai';
import { SmsOtpConfigError, type SmsOtpOptions, type SmsTemplates, smsOtp } from '../../lib/index.ts';
import { startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import { type RouteOptions, SmppTransport } from '../../lib/smpp/index.ts';
import { FakeClock } from '../support/clock.ts';
import { People } from '../support/people.ts';
import { problemsIn } from '../support/problems.ts';
import { createRig, SECRET } from '../support/rig.ts';

const INDIAN = '+919810012345';
const SWEDISH = '+46701740605';
const ENTITY = '1101000000000000001';
const ENTITY_TLV = 0x1400;
const TEMPLATE_TLV = 0x1401;

/** As the operator has them: `{#var#}` stands for what is filled in. */
const REGISTERED = {
  'sign-in': '{#var#} is your OTP to sign in to {#var#}. It is valid for {#var#} minutes. Do not share it. -EXMPLE',
  'step-up': 'OTP {#var#} confirms your transaction at {#var#}. -EXMPLE',
  enroll: 'OTP {#var#} adds this number at {#var#}. -EXMPLE',
  change: 'OTP {#var#} changes your numbers at {#var#}. -EXMPLE',
  numberAdded: 'A number was added to your account at {#var#}.  -EXMPLE',
  numberRemoved: 'A number was removed from your account at {#var#}. -EXMPLE',
} as const;
type Occasion = keyof typeof REGISTERED;

const TEMPLATES: SmsTemplates = {
  IN: {
    'sign-in': {
      text: '{code} is your OTP to sign in to {app}. It is valid for {minutes} minutes. Do not share it. -EXMPLE',
      templateId: '1107160000000000001',
      lastLine: false,
    },
    'step-up': {
      text: 'OTP {code} confirms your transaction at {app}. -EXMPLE',
      templateId: '1107160000000000002',
      lastLine: false,
    },
    enroll: {
      text: 'OTP {code} adds this number at {app}. -EXMPLE',
      templateId: '1107160000000000003',
      lastLine: false,
    },
    change: {
      text: 'OTP {code} changes your numbers at {app}. -EXMPLE',
      templateId: '1107160000000000004',
      lastLine: false,
    },
    // Two blanks, as somebody has typed them into the operator's form.
    numberAdded: {
      text: 'A number was added to your account at {app}.  -EXMPLE',
      templateId: '1107160000000000005',
    },
    numberRemoved: {
      text: 'A number was removed from your account at {app}. -EXMPLE',
      templateId: '1107160000000000006',
    },
  },
};

/** Does what an operator does with each SMS: it compares the text with the template that the TLV names. */
function equalsTemplate(text: string, occasion: Occasion): boolean {
  const parts = REGISTERED[occasion].split('{#var#}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^ ]{1,30}')}$`).test(text);
}

const ENROLLMENT = { when: 'always', allowedCountries: ['IN', 'SE'] } as const;

describe('texts as an operator has registered them', () => {
  it('are on the wire byte by byte, each with the TLV of its template, for codes and notices alike', async () => {
    const smsc = await startSmsc();
    const { hostname: host, port } = new URL(smsc.url);
    const india = { to: 'IN', source: 'EXMPLE', tlvs: { [ENTITY_TLV]: ENTITY, [TEMPLATE_TLV]: { templateId: true } } };
    const transport = new SmppTransport({
      source: 'Example',
      smscs: [{ name: 'one', host, port: Number(port) }],
      routes: [
        { ...india, smscs: ['one'] },
        { to: '+', smscs: ['one'] },
      ],
    } as ConstructorParameters<typeof SmppTransport>[0]);
    const clock = new FakeClock();
    clock.advance((Date.now() - clock.now()) / 1000); // the transport's own clock is the real one
    const rig = createRig({ transport, smsTemplates: TEMPLATES, appName: 'Bank', enrollment: ENROLLMENT }, { clock });
    const onWire = () => {
      const submit = smsc.submits.at(-1);
      return {
        text: String(submit?.fields.short_message),
        source: submit?.fields.source_addr,
        entity: submit?.tlvs.get(ENTITY_TLV)?.toString(),
        template: submit?.tlvs.get(TEMPLATE_TLV)?.toString(),
      };
    };
    const expectTemplate = (occasion: Occasion): void => {
      const { text, ...rest } = onWire();
      expect(equalsTemplate(text, occasion), text).to.equal(true);
      const template = `${TEMPLATES.IN?.[occasion]?.templateId}\0`;
      expect(rest, occasion).to.deep.equal({ source: 'EXMPLE', entity: `${ENTITY}\0`, template });
    };
    try {
      rig.people.change('id-ada', { phoneNumbers: [INDIAN] });
      const jar = await rig.loggedIn();
      expectTemplate('sign-in');
      for (const purpose of ['step-up', 'enroll', 'change'] as const) {
        const other = rig.browser();
        await other.begin();
        await other.send({ number: INDIAN, purpose });
        expectTemplate(purpose);
      }
      await rig.phones.add('id-ada', SWEDISH);
      await rig.notices.settled();
      expectTemplate('numberAdded');
      await rig.phones.remove('id-ada', SWEDISH);
      await rig.notices.settled();
      const notices = smsc.submits.slice(-2).map(({ fields, tlvs }) => [fields.source_addr, tlvs.size]);
      // The number that left is told, too, by the other route: with our own words, and no TLV.
      expect(notices).to.have.deep.members([
        ['EXMPLE', 2],
        ['Example', 0],
      ]);
      expect(jar.ref).to.not.equal(undefined);
      const sent = rig.events.flatMap(([name, facts]) =>
        name === 'codeSent' && 'route' in facts ? [facts.route] : [],
      );
      expect(sent).to.deep.equal(['IN', 'IN', 'IN', 'IN']);
    } finally {
      await transport.close();
      await smsc.close();
    }
  });

  it('are for their country alone: others get our words, in their language, and no template', async () => {
    const rig = createRig({ smsTemplates: TEMPLATES, appName: 'Bank', enrollment: ENROLLMENT });
    await rig.loggedIn();
    const [message] = rig.transport.messages;
    expect(message?.text).to.include('is your code to sign in to Bank');
    expect(message).to.not.have.property('templateId');
  });

  it('are refused at start with all that is wrong, and none of their words', () => {
    const problems = problemsOf({
      smsTemplates: {
        IN: {
          'sign-in': { text: 'no place for it, secret words' },
          'step-up': { text: '{code} {name}', templateId: '' },
        },
        SE: { 'sign-in': { text: '{code}' }, 'step-up': { text: '{code}' } },
        XX: {},
        US: { login: { text: '{code}' } },
        NO: { 'sign-in': { text: '' }, 'step-up': { text: '{code}', templateId: 7 } },
      },
    });
    expect(problems).to.have.members([
      'smsOtp.smsTemplates.XX: must be named by a country, as IN',
      'smsOtp.smsTemplates.US.login: there is no such option',
      'smsOtp.smsTemplates.NO.sign-in.text: must not be empty',
      'smsOtp.smsTemplates.NO.step-up.templateId: must be a text',
      'smsOtp.smsTemplates.IN.sign-in: must have {code}',
      'smsOtp.smsTemplates.IN.step-up: may have {app}, {code}, {minutes} only',
      'smsOtp.smsTemplates.IN.step-up: its templateId must be 1 to 255 printable ASCII characters',
      ...['IN', 'SE', 'US', 'NO'].flatMap((country) => [
        `smsOtp.smsTemplates.${country}.numberAdded: is not set, and the country has templates`,
        `smsOtp.smsTemplates.${country}.numberRemoved: is not set, and the country has templates`,
      ]),
      'smsOtp.smsTemplates.US.sign-in: is not set, and the country has templates',
      'smsOtp.smsTemplates.US.step-up: is not set, and the country has templates',
    ]);
    expect(
      problemsOf({ smsTemplates: { IN: { 'sign-in': { text: 'no place for it, secret words' } } } }),
    ).to.have.members([
      'smsOtp.smsTemplates.IN.step-up: is not set, and the country has templates',
      'smsOtp.smsTemplates.IN.numberAdded: is not set, and the country has templates',
      'smsOtp.smsTemplates.IN.numberRemoved: is not set, and the country has templates',
      'smsOtp.smsTemplates.IN.sign-in: must have {code}',
    ]);
  });

  it('are refused at start if a route writes a template and a text has none, before any SMS', () => {
    const people = new People();
    const userStore = {
      findUser: people.findUser.bind(people),
      checkPassword: people.checkPassword.bind(people),
    };
    const { 'sign-in': signIn, 'step-up': stepUp } = TEMPLATES.IN ?? {};
    const few = { IN: { ...(signIn && { 'sign-in': signIn }), ...(stepUp && { 'step-up': stepUp }) } };
    const smscs = [{ name: 'one', host: '127.0.0.1', port: 1 }];
    const tlvs = { [TEMPLATE_TLV]: { templateId: true } } as const;
    const toIndia = { to: 'IN', smscs: ['one'], tlvs } as const;
    const toAll = { to: '+', smscs: ['one'] } as const;
    const problemsOn = (routes: readonly RouteOptions[], options: Partial<SmsOtpOptions>) => {
      const transport = new SmppTransport({ source: 'Example', smscs, routes });
      return problemsOf({ userStore, transport, ...options }).map((problem) => problem.split(', and')[0]);
    };
    expect(problemsOn([toIndia, toAll], { smsTemplates: few })).to.deep.equal([]);
    expect(problemsOn([toIndia, toAll], {})).to.deep.equal([
      'smsOtp.transport: route IN through one: 1 of 1 texts have no template to write',
    ]);
    expect(problemsOn([toIndia, toAll], { allowedCountries: ['SE'] })).to.deep.equal([]);
    expect(problemsOn([{ ...toAll, tlvs }], { smsTemplates: few })).to.deep.equal([
      'smsOtp.transport: route + through one: 1 of 3 texts have no template to write',
    ]);
    expect(problemsOn([{ ...toAll, tlvs }], { smsTemplates: few, allowedCountries: ['IN'] })).to.deep.equal([]);
    expect(
      problemsOn([{ ...toIndia, to: '+9198' }, toAll], {
        smsTemplates: { IN: { ...few.IN, 'step-up': { text: 'OTP {code}' } } },
      }),
    ).to.deep.equal(['smsOtp.transport: route +9198 through one: 1 of 2 texts have no template to write']);
    expect(problemsOn([toIndia, toAll], { allowedCountries: ['IN', 'XX'] as never })).to.have.length(1);
  });

  it('are needed for a help code when one is issued, as no option turns these on', async () => {
    const told = { text: 'A help code of {app}. -EXMPLE' };
    const few = createRig({ smsTemplates: TEMPLATES, enrollment: ENROLLMENT });
    const order = { minutes: 15, mayReplaceNumber: false };
    const refused: unknown = await few.spares.issueHelpCode('id-ada', order).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(SmsOtpConfigError);
    expect(refused).to.have.deep.property('problems', [
      'smsOtp.smsTemplates.IN.helpCodeIssued: is not set, and the country has templates',
      'smsOtp.smsTemplates.IN.helpCodeUsed: is not set, and the country has templates',
    ]);
    const IN = { ...TEMPLATES.IN, helpCodeIssued: { ...told, templateId: '7' }, helpCodeUsed: told };
    const all = createRig({ smsTemplates: { ...TEMPLATES, IN }, enrollment: ENROLLMENT, appName: 'Bank' });
    all.people.change('id-ada', { phoneNumbers: [INDIAN] });
    await all.spares.issueHelpCode('id-ada', order);
    await all.notices.settled();
    expect(all.transport.messages.at(-1)).to.deep.include({
      ...{ to: INDIAN, text: 'A help code of Bank. -EXMPLE', templateId: '7' },
    });
  });

  it('are needed for what can occur only: enrolment, and a store that can be written', () => {
    const { 'sign-in': signIn, 'step-up': stepUp } = TEMPLATES.IN ?? {};
    const few = { IN: { ...(signIn && { 'sign-in': signIn }), ...(stepUp && { 'step-up': stepUp }) } };
    const people = new People();
    const userStore = {
      findUser: people.findUser.bind(people),
      checkPassword: people.checkPassword.bind(people),
    };
    expect(problemsOf({ smsTemplates: few, userStore })).to.deep.equal([]);
    expect(problemsOf({ smsTemplates: few })).to.have.length(2);
    expect(problemsOf({ smsTemplates: few, enrollment: ENROLLMENT })).to.have.length(4);
  });
});

function problemsOf(options: Partial<SmsOtpOptions> | { readonly smsTemplates: object }): readonly string[] {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const transport = { send: async () => ({ status: 'accepted' as const }) };
  const given = { secret: SECRET, userStore: new People(), transport, logger, ...options };
  return problemsIn(() => smsOtp(given as SmsOtpOptions));
}
