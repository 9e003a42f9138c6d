import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { agent } from 'supertest';
import { type Agent, postJson, type TestApp, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { Client } from '../support/client.ts';
import { CROWD_PASSWORD } from '../support/crowd.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { expectUntold } from '../support/untold.ts';

const PASSWORD = 'of everybody';
/** In seconds. */
const [MINUTE, SEVEN_MINUTES] = [60, 420];

/** Somebody who has got no code, or could not use it, and what they tell support. */
interface Case {
  readonly who: string;
  /** In the directory. @default a number of theirs */
  readonly values?: readonly string[];
  readonly happens: (site: TestApp, jar: Agent, who: string) => Promise<unknown>;
  /** The words of the page that tell the reason. */
  readonly told: string;
}

const logIn = (_site: TestApp, jar: Agent, who: string, password = PASSWORD) =>
  postJson(jar, '/auth/login', { username: who, password });

const enterWrong = async ({ transport }: TestApp, jar: Agent, times: number): Promise<void> => {
  for (let turn = 0; turn < times; turn++) {
    await postJson(jar, '/auth/code', { code: wrongCode(transport.lastCode(), turn) }).expect(401);
  }
};

const CASES: readonly Case[] = [
  { who: 'no-number', values: [], happens: logIn, told: 'The directory has no phone number of this person' },
  { who: 'switchboard', values: ['08-123 456 00 ext 12'], happens: logIn, told: 'it has an extension' },
  { who: 'date', values: ['2014-05-06'], happens: logIn, told: 'it is a date, opening hours' },
  { who: 'words', values: ['ask at the desk'], happens: logIn, told: 'or holds letters or signs' },
  { who: 'premium', values: ['+44 909 879 0000'], happens: logIn, told: 'it is a premium, toll-free' },
  { who: 'abroad', values: ['+1 201-555-0123'], happens: logIn, told: 'its country is not in allowedCountries' },
  {
    who: 'refused-by-smsc',
    happens: (site, jar, who) => withMode(site, 'refuse', () => logIn(site, jar, who).expect(422)),
    told: 'not sent (the SMSC does not accept this number)',
  },
  {
    who: 'undelivered',
    async happens(site, jar, who) {
      await logIn(site, jar, who).expect(200);
      site.transport.receipt('failed', 'absent subscriber');
    },
    told: 'not delivered (the network&#39;s reason: absent subscriber)',
  },
  {
    who: 'late',
    async happens(site, jar, who) {
      await logIn(site, jar, who).expect(200);
      site.clock.advance(SEVEN_MINUTES);
      site.transport.receipt('delivered');
    },
    told: 'delivered, late: after 7 min',
  },
  {
    who: 'no-receipt',
    happens: (site, jar, who) => logIn(site, jar, who).expect(200),
    told: 'taken by the SMSC; no delivery receipt has come',
  },
  {
    who: 'nobody-knows',
    happens: (site, jar, who) => withMode(site, 'unknown', () => logIn(site, jar, who).expect(200)),
    told: 'the network cannot say what became of it',
  },
  {
    who: 'too-many-sends',
    async happens(site, jar, who) {
      await logIn(site, jar, who).expect(200);
      await postJson(jar, '/auth/code/send').expect(429);
    },
    told: 'too many codes were sent, or too soon after the last',
  },
  {
    who: 'wrong-codes',
    async happens(site, jar, who) {
      await logIn(site, jar, who).expect(200);
      await enterWrong(site, jar, 2);
    },
    told: 'A code was not taken: a wrong code, or one of an earlier SMS',
  },
  {
    who: 'locked',
    async happens(site, jar, who) {
      await logIn(site, jar, who).expect(200);
      await enterWrong(site, jar, 4);
    },
    told: 'Locked after too many wrong codes',
  },
  {
    who: 'too-late',
    async happens(site, jar, who) {
      await logIn(site, jar, who).expect(200);
      site.clock.advance(SEVEN_MINUTES);
      await postJson(jar, '/auth/code', { code: site.transport.lastCode() }).expect(410);
    },
    told: 'A code was not taken: the code was too old',
  },
  {
    who: 'smsc-down',
    happens: (site, jar, who) => withMode(site, 'reject', () => logIn(site, jar, who).expect(503)),
    told: 'not sent (no SMSC could take it)',
  },
  {
    who: 'sim-swapped',
    happens: (site, jar, who) => logIn(site, jar, who).expect(403),
    told: 'beforeSend refused it, or the country is not allowed',
  },
  {
    who: 'wrong-password',
    happens: (site, jar, who) => logIn(site, jar, who, 'wrong').expect(401),
    told: 'the password was refused: wrong password',
  },
  {
    who: 'exempt',
    happens: (site, jar, who) => logIn(site, jar, who).expect(200),
    told: 'this person needs none (requiredFor)',
  },
  {
    who: 'other-phone',
    async happens({ otp }, _jar, who) {
      await otp.phones.add(`id-${who}`, '+46 70 174 91 00');
    },
    told: 'A number was added',
  },
  {
    who: 'directory-down',
    async happens(site, jar, who) {
      site.people.isDown = true;
      await logIn(site, jar, who).expect(503);
      site.people.isDown = false;
    },
    told: 'A request ended in a fault: the directory was down',
  },
  {
    who: 'signed-in-elsewhere',
    async happens(site, jar, who) {
      await logIn(site, jar, who).expect(200);
      site.transport.receipt('delivered');
      site.clock.advance(MINUTE);
      await postJson(jar, '/auth/code', { code: site.transport.lastCode() }).expect(200);
    },
    told: 'Since then: A code was right',
  },
];

async function withMode(
  { transport }: TestApp,
  mode: TestApp['transport']['mode'],
  work: () => PromiseLike<unknown>,
): Promise<void> {
  transport.mode = mode;
  await work();
  transport.mode = 'accept';
}

/** A note is written a moment after the answer. */
async function pageThatSays(read: () => Promise<string>, words: string): Promise<string> {
  for (let turn = 0; turn < 200; turn++) {
    const text = await read();
    if (text.includes(words)) return text;
    await pause(10);
  }
  return read();
}

describe('support, asked why the SMS did not come', function () {
  this.timeout(60_000);

  let site: TestApp;
  /** That no page may hold. */
  const secrets = new Set<string>();

  before(() => {
    site = testApp({
      options: {
        authRequired: false,
        defaultCountry: 'SE',
        allowedCountries: ['SE', 'NO'],
        beforeSend: ({ user }) => user.username !== 'sim-swapped',
        requiredFor: ({ username }) => username !== 'exempt',
        limits: { failedCodesPerUserPerDay: 4, failedCodesPerUserPer30Days: 4 },
      },
      routes: (app, otp) => void app.use('/support', otp.admin()),
    });
    for (const [place, { who, values = [`+4670174${9000 + place}`] }] of CASES.entries()) {
      site.people.add({ id: `id-${who}`, username: who, password: PASSWORD, phoneNumbers: values });
      for (const value of values) secrets.add(value.replace(/\D/g, '').slice(-7));
    }
  });

  after(() => site.otp.close());

  it('has twenty people and more', () => expect(CASES.length).to.be.at.least(20));

  for (const { who, happens, told } of CASES) {
    it(`is told of ${who}, with no number and no code`, async () => {
      await happens(site, site.agent(), who);
      const read = async (): Promise<string> => {
        const found = await agent(site.app).get(`/support/find?username=${who}`).redirects(1);
        return found.text;
      };
      const text = await pageThatSays(read, told);
      expect(text).to.include(told);
      const digits = text.replace(/[\s()-]/g, '');
      for (const secret of secrets) if (secret !== '') expect(digits).not.to.include(secret);
      for (const { text: sms } of site.transport.messages) {
        expect(text).not.to.match(new RegExp(`\\b${/\d{6}/.exec(sms)?.[0]}\\b`));
      }
    });
  }

  it('finds nothing any more of somebody who is forgotten', async () => {
    await site.otp.forget('id-undelivered');
    const { text } = await agent(site.app).get('/support/person?id=id-undelivered');
    expect(text).to.include('Nothing keeps this person from a code.').and.not.include('absent subscriber');
  });
});

describe('the support page of another process', function () {
  this.timeout(120_000);

  let redis: Redis;
  let app: Processes;

  before(async function () {
    redis = await startRedis(this);
    app = await startProcesses(2, `unix://${redis.path}`);
  });

  after(async () => {
    await app?.close();
    await redis?.close();
  });

  it('shows what this one has sent and refused', async () => {
    const [one = '', two = ''] = app.urls;
    for (const url of app.urls) await new Client(url).post('/app/support', { username: '' });
    const person = new Client(one);
    expect(await person.post('/auth/login', { username: 'user1', password: CROWD_PASSWORD })).to.include({
      status: 200,
    });
    expect(await person.post('/auth/code/send')).to.include({ code: 'TOO_MANY_SENDS' });
    const supporter = new Client(two);
    await supporter.post('/auth/login', { username: 'user2', password: CROWD_PASSWORD });
    await supporter.post('/auth/code', { code: app.codeFor('+46701740002') });
    const read = async (): Promise<string> => {
      const answer = await fetch(`${two}/support/person?id=user1`, { headers: { cookie: supporter.cookie } });
      return answer.text();
    };
    const text = await pageThatSays(read, 'too many codes were sent');
    expect(text).to.include('••• 0001').and.include('too many codes were sent');
    expect(text).to.include('sent; the network cannot say');
    expectUntold(text, '1740001', app.codeFor('+46701740001'));
  });

  it('gives a help code that this one takes, and ends what this one has trusted and printed', async () => {
    const [one = '', two = ''] = app.urls;
    const [person, number] = [{ username: 'user3', password: CROWD_PASSWORD }, '+46701740003'];
    const browser = new Client(one);
    expect(await browser.post('/auth/login', person)).to.include({ status: 200 });
    await browser.post('/auth/code', { code: app.codeFor(number), trustBrowser: true });
    const { body } = await browser.post('/auth/account/recovery-codes');
    const [paper] = body.recoveryCodes as string[];
    await browser.post('/auth/logout');
    await browser.post('/auth/login', person);
    expect((await browser.get('/auth/session')).body.amr).to.deep.equal(['pwd', 'trusted-browser']);
    await browser.post('/auth/logout');

    const supporter = new Client(two);
    await supporter.post('/auth/login', { username: 'user4', password: CROWD_PASSWORD });
    expect(await supporter.post('/auth/code', { code: app.codeFor('+46701740004') })).to.include({ status: 200 });
    const press = async (what: string): Promise<string> => {
      const init = { method: 'POST', headers: { cookie: supporter.cookie }, redirect: 'manual' } as const;
      return (await fetch(`${two}/support/person/${what}?id=user3`, init)).text();
    };
    const page = await press('help-code');
    expect(page).to.include('<bdi>1</bdi>').and.include('<bdi>10</bdi>');
    const [, code = ''] = /<code dir="ltr">([0-9A-Z-]+)<\/code>/.exec(page) ?? [];
    await press('end-browsers');
    await press('reset-recovery-codes');

    expect((await browser.post('/auth/login', person)).body.stage).to.equal('code');
    expect(await browser.post('/auth/without-phone', { code: paper })).to.include({ code: 'INVALID_CODE' });
    const { status, body: inside } = await browser.post('/auth/without-phone', { code });
    expect({ status, amr: inside.amr }).to.deep.equal({ status: 200, amr: ['pwd', 'help-code'] });
  });
});
