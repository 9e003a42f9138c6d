import { createHook } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type Agent, postJson, type TestApp, testApp } from '../support/app.ts';
import { countOf, wrongCode } from '../support/attack.ts';
import { Client } from '../support/client.ts';
import { CROWD_PASSWORD, crowdNumber } from '../support/crowd.ts';
import { ENGINES, type MovableState } from '../support/engines.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { SHARED_SERVERS, type SharedServer } from '../support/shared-server.ts';
import { UNLIMITED_SENDS } from '../support/unlimited-sends.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };
const PAGE = '/auth/without-phone';
const WRONG = '1-AAAA-AAAA-AAAA-AAAA';
const DAY = 24 * 60 * 60;

/** A trusted browser's cookie, as an answer sets it. */
function tokenOf({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): string {
  const cookies = [headers['set-cookie'] ?? []].flat().map(String);
  return cookies.find((cookie) => cookie.startsWith('smsOtp.trusted='))?.split(';')[0] ?? '';
}

for (const [name, useEngine] of Object.entries(ENGINES)) {
  describe(`what takes the place of the phone, with the state in ${name}`, () => {
    const engine = useEngine();
    let state: MovableState;
    let app: TestApp;

    beforeEach(async () => {
      state = await engine.open();
      const limits = { ...UNLIMITED_SENDS, failedCodesPerUserPerDay: 2, failedCodesPerUserPer30Days: 2 };
      app = testApp({ options: { shared: state, trustBrowser: {}, recoveryCodes: true, limits } });
    });

    function advance(seconds: number): void {
      state.advance(seconds);
      app.clock.advance(seconds);
    }

    async function trust(): Promise<string> {
      const jar = await app.signedIn('ada', 'password');
      const code = app.transport.lastCode();
      return tokenOf(await postJson(jar, '/auth/code', { code, trustBrowser: true }).expect(200));
    }

    /** In a browser that has this cookie and no other. */
    async function signIn(
      cookie: string,
      login: object = LOGIN,
    ): Promise<{ stage: string; cookie: string; jar: Agent }> {
      const jar = app.agent();
      const answer = await postJson(jar, '/auth/login', login).set('Cookie', cookie);
      return { stage: String(answer.body.stage ?? answer.body.code), cookie: tokenOf(answer), jar };
    }

    async function paper(): Promise<readonly string[]> {
      const { body } = await postJson(await app.signedIn(), '/auth/account/recovery-codes').expect(200);
      return body.recoveryCodes;
    }

    for (const [kind, issue] of [
      ['help code', () => app.otp.issueHelpCode('id-ada')],
      ['recovery code', async () => (await paper())[0]],
    ] as const) {
      it(`lets one of 50 posts of one ${kind} in, and none afterwards`, async () => {
        const code = await issue();
        const jars = await Promise.all(Array.from({ length: 5 }, () => app.signedIn('ada', 'password')));
        const post = async (jar: Agent) => (await postJson(jar, PAGE, { code })).body;
        const bodies = await Promise.all(jars.flatMap((jar) => Array.from({ length: 10 }, () => post(jar))));
        expect(bodies.filter(({ stage, code: error }) => stage === 'verified' && error === undefined)).to.have.length(
          1,
        );
        expect(await post(await app.signedIn('ada', 'password'))).to.not.include({ stage: 'verified' });
      });
    }

    it('signs in many tabs at once, and those whose answer was lost', async () => {
      const cookie = await trust();
      const tabs = await Promise.all(Array.from({ length: 4 }, () => signIn(cookie)));
      for (const { stage } of tabs) expect(stage).to.equal('verified');
      advance(DAY);
      const next = await signIn(tabs[0]?.cookie ?? '');
      expect(next.stage).to.equal('verified');
      advance(DAY);
      expect((await signIn(next.cookie)).stage).to.equal('verified');
    });

    it('ends the trust if a copy comes after the owner has gone on, with what it has opened, and tells the person', async () => {
      const cookie = await trust();
      const second = await signIn(cookie);
      const third = await signIn(second.cookie);
      advance(61);
      expect((await signIn(cookie)).stage).to.equal('code');
      const told = () => app.transport.messages.filter(({ text }) => text.includes('was used at this site'));
      while (told().length === 0) await pause(5);
      expect(told()).to.have.length(1);
      advance(6);
      for (const { jar } of [second, third]) await jar.get('/secret').expect(401);
      expect(await app.otp.trustedBrowsers.list('id-ada')).to.deep.equal([]);
    });

    it('takes no forged token, none of another person, and none without the password', async () => {
      const cookie = await trust();
      expect((await signIn(cookie.replace(/\.[\w-]{22}$/, `.${'A'.repeat(22)}`))).stage).to.equal('code');
      const other = await trust();
      expect((await signIn(other, { username: 'grace', password: 'hopper' })).stage).to.equal('number');
      expect((await signIn(other, { ...LOGIN, password: 'wrong' })).stage).to.equal('INVALID_CREDENTIALS');
      await app.agent().get('/secret').set('Cookie', other).expect(401);
      expect((await signIn(other)).stage).to.equal('verified');
    });

    it('asks for a code after 30 days and a second, though the client keeps the token', async () => {
      const cookie = await trust();
      advance(30 * DAY - 60);
      const last = await signIn(cookie);
      expect(last.stage).to.equal('verified');
      advance(61);
      expect((await signIn(last.cookie)).stage).to.equal('code');
      await last.jar.get('/secret').expect(401);
    });

    const ENDS: Readonly<Record<string, () => unknown>> = {
      'a sign-out everywhere': () => app.otp.signOutEverywhere('id-ada'),
      'a change of numbers': () => app.otp.phones.add('id-ada', '+46701740650'),
      'an unlock': () => app.otp.unlock('id-ada'),
      'a change of the password in the directory': () => app.people.change('id-ada', { passwordChangedAt: new Date() }),
    };
    for (const [what, end] of Object.entries(ENDS)) {
      it(`asks for a code after ${what}`, async () => {
        const { stage, cookie } = await signIn(await trust());
        expect(stage).to.equal('verified');
        await end();
        expect((await signIn(cookie)).stage).to.be.oneOf(['code', 'number']);
        expect(await app.otp.trustedBrowsers.list('id-ada')).to.deep.equal([]);
      });
    }

    it('looks at 10 recovery codes a day over 10 jars, and at no right one then; codes by SMS go on', async () => {
      const [right] = await paper();
      for (let jars = 0; jars < 10; jars++) {
        await postJson(await app.signedIn('ada', 'password'), PAGE, { code: WRONG }).expect(401);
      }
      const jar = await app.signedIn('ada', 'password');
      await postJson(jar, PAGE, { code: right }).expect(429);
      await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    });

    it('takes a help code and a recovery code while codes by SMS are locked', async () => {
      const [right] = await paper();
      const one = await app.signedIn('ada', 'password');
      const wrong = wrongCode(app.transport.lastCode());
      for (let tries = 0; tries < 3; tries++) await postJson(one, '/auth/code', { code: wrong });
      const other = app.agent();
      await postJson(other, '/auth/login', LOGIN).expect(403);
      await postJson(one, PAGE, { code: right }).expect(200);
      await postJson(other, PAGE, { code: await app.otp.issueHelpCode('id-ada') }).expect(200);
    });

    it('costs 10 hashes for 60 parallel tries', async () => {
      await paper();
      const jar = await app.signedIn('ada', 'password');
      let hashes = 0;
      const init = (_id: number, type: string) => {
        if (type === 'SCRYPTREQUEST') hashes += 1;
      };
      const hook = createHook({ init }).enable();
      const posts = Array.from({ length: 60 }, async () => (await postJson(jar, PAGE, { code: WRONG })).status);
      const statuses = await Promise.all(posts);
      hook.disable();
      expect(hashes).to.equal(10);
      expect(statuses.filter((status) => status === 401)).to.have.length(10);
    });

    it('asks everybody for a code after the state was lost, and lets nobody in', async () => {
      const { jar, cookie } = await signIn(await trust());
      const codes = [...(await paper()), await app.otp.issueHelpCode('id-ada')];
      await jar.get('/secret').expect(200);
      await engine.flush();
      advance(6);
      await jar.get('/secret').expect(401);
      const again = await signIn(cookie);
      expect(again.stage).to.equal('code');
      for (const code of [codes[0], codes.at(-1)]) await postJson(again.jar, PAGE, { code }).expect(401);
    });

    it('holds no token and no code in what somebody has who got a copy of the state', async () => {
      const tokens = [(await signIn(await trust())).cookie].flatMap((cookie) => cookie.slice(cookie.indexOf('=') + 1));
      const codes = [...(await paper()), await app.otp.issueHelpCode('id-ada')];
      const copy = await engine.dump();
      expect(copy).to.include('smsOtp').and.include('tb:');
      expect(tokens[0]).to.match(/^[\w-]{16}\.[\w-]{22}$/);
      for (const part of tokens.flatMap((token) => token.split('.'))) expect(copy).to.not.include(part);
      for (const code of codes) {
        const symbols = code.replace(/^\d+-/, '').replaceAll('-', '');
        expect(copy).to.not.include(symbols).and.not.include(symbols.slice(0, 8));
      }
    });
  });
}

describe('what takes the place of the phone, at four processes with one PostgreSQL', function () {
  this.timeout(120_000);

  let server: SharedServer;
  let app: Processes;

  before(async function () {
    server = await (SHARED_SERVERS.PostgreSQL ?? expect.fail())(this);
    app = await startProcesses(4, server.url, UNLIMITED_SENDS);
  });

  after(async () => {
    await app?.close();
    await server?.close();
  });

  for (const [place, kind] of (['help code', 'recovery code'] as const).entries()) {
    it(`lets one of 50 posts of one ${kind} in, and none afterwards`, async () => {
      const person = { username: `user${place}`, password: CROWD_PASSWORD };
      const open = async (): Promise<Client> => {
        const jar = new Client(app.urls);
        expect(await jar.post('/auth/login', person)).to.include({ status: 200 });
        return jar;
      };
      const owner = await open();
      await owner.post('/auth/code', { code: app.codeFor(crowdNumber(place)) });
      const issued =
        kind === 'help code'
          ? await new Client(app.urls).post('/app/help-code', person)
          : await owner.post('/auth/account/recovery-codes');
      const { code = Object(issued.body).recoveryCodes?.[0] } = issued.body;
      for (const expected of [1, undefined]) {
        const jars = await Promise.all(Array.from({ length: 5 }, open));
        const posts = jars.flatMap((jar) => Array.from({ length: 10 }, () => jar.post(PAGE, { code })));
        expect(countOf(await Promise.all(posts)).verified).to.equal(expected);
      }
    });
  }
});
