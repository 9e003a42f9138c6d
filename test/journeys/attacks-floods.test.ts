import { expect } from 'chai';
import type { SmsOtpOptions } from '../../lib/index.ts';
import { postJson, testApp } from '../support/app.ts';
import { burst, countOf } from '../support/attack.ts';
import { CROWD_PASSWORD, Crowd, crowdNumber } from '../support/crowd.ts';
import { rawRequest } from '../support/raw-request.ts';
import { startTarget, type Target } from '../support/target.ts';

const LOGIN = { username: 'ada', password: 'lovelace' };
/** One person, by a directory that knows an address and folds case, spaces and widths as LDAP's matching rules do. */
const ALIASES = ['ada', 'ADA', ' ada  ', '\uff41\uff44\uff41', 'ada@example.org'];

class FoldingCrowd extends Crowd {
  override findUser(key: { readonly id: string } | { readonly username: string }): ReturnType<Crowd['findUser']> {
    if ('id' in key) return super.findUser(key);
    const name = key.username.normalize('NFKC').trim().toLowerCase().replace('@example.org', '');
    return super.findUser({ username: name });
  }
}

describe('an attacker with many addresses and much patience', function () {
  this.timeout(240_000);

  let app: Target | undefined;

  async function start(options: Partial<SmsOtpOptions>): Promise<Target> {
    app = await startTarget({ options, before: (express) => void express.set('trust proxy', 1) });
    return app;
  }

  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it('gets fewer than 10 passwords looked at out of 10 000, from 100 addresses under 5 aliases, and the owner gets in', async () => {
    const people = new FoldingCrowd();
    const app = await start({ userStore: people });
    const owner = await app.halfSignedIn();
    await owner.post('/auth/code', { code: app.transport.lastCode() });
    owner.forgetSession();
    const { checks } = people;
    const statuses = await burst(10_000, async (index) => {
      const body = JSON.stringify({ username: ALIASES[index % 5], password: `wrong ${index}` });
      const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': `192.0.2.${index % 100}` };
      return (await rawRequest(app.url, { method: 'POST', path: '/auth/login', headers, body })).status;
    });
    expect(people.checks - checks).to.be.lessThan(10);
    expect(statuses.filter((status) => status === 429).length).to.be.greaterThan(9_900);
    expect(await app.client().post('/auth/login', LOGIN)).to.include({ status: 429 });
    expect(await owner.post('/auth/login', LOGIN)).to.include({ status: 200 });
    expect(await owner.post('/auth/code', { code: app.transport.lastCode() })).to.include({ status: 200 });
    expect(app.transport.messages).to.have.length(2);
  });

  it('gets 5 messages an hour to one number, however it is spelled in the entries of 10 people', async () => {
    const spellings = [
      ...['+46701740605', '0046701740605', '070-174 06 05', '(070) 1740605', 'tel:+46701740605', '+46 (0)70 174 06 05'],
      ...['\uff0b\uff14\uff16701740605', ' +46701740605 ', '+46.70.174.06.05', '+46 70 174 0605'],
    ];
    const app = await start({ userStore: new Crowd((place) => spellings[place] ?? ''), defaultCountry: 'SE' });
    const answers = await burst(10, (place) =>
      app.client().post('/auth/login', { username: `user${place}`, password: CROWD_PASSWORD }),
    );
    expect(countOf(answers)).to.deep.equal({ code: 5, TOO_MANY_SENDS: 5 });
    expect(new Set(app.transport.messages.map(({ to }) => to))).to.deep.equal(new Set(['+46701740605']));
    expect(app.transport.messages).to.have.length(5);
  });

  it('pumps no more than 30 messages a day by entering every code: 60 sign-ins with 3 more sends each', async () => {
    const { agent, clock, transport } = testApp();
    const jar = agent();
    for (let signIn = 0; signIn < 60; signIn++) {
      await postJson(jar, '/auth/login', LOGIN);
      for (const pause of [30, 60, 120]) {
        clock.advance(pause);
        await postJson(jar, '/auth/code/send');
      }
      await postJson(jar, '/auth/code', { code: transport.lastCode() });
    }
    // Over three and a half hours, so over the edge of the limits' hours.
    expect(transport.messages).to.have.length(30);
  });

  it('gets 20 messages an hour to the numbers of one block that 50 people claim as theirs, 200 in all', async () => {
    const enrollment = { when: 'always', allowedCountries: ['SE'] } as const;
    const app = await start({ userStore: new Crowd(() => undefined), enrollment });
    const answers = await burst(50, async (place) => {
      const jar = app.client();
      const from = { 'X-Forwarded-For': `192.0.2.${place}` };
      await jar.post('/auth/login', { username: `user${place}`, password: CROWD_PASSWORD }, from);
      return burst(4, (index) => jar.post('/auth/enroll', { phone: crowdNumber(place * 4 + index) }, from));
    });
    expect(answers.flat().filter(({ status }) => status === 200)).to.have.length(20);
    expect(app.transport.messages).to.have.length(20);
  });

  it('keeps no message from ada by claiming her number 20 times, and gets 5 to it', async () => {
    const { agent, clock, transport } = testApp({
      options: { enrollment: { when: 'always', allowedCountries: ['SE'] } },
    });
    for (let claim = 0; claim < 20; claim++) {
      const colleague = agent();
      await postJson(colleague, '/auth/login', { username: 'alan', password: 'turing' }).expect(200);
      await postJson(colleague, '/auth/enroll', { phone: '+46701740605' });
      clock.advance(60);
    }
    expect(transport.messages).to.have.length(5);
    await postJson(agent(), '/auth/login', LOGIN).expect(200);
    expect(transport.messages.at(-1)).to.deep.include({ to: '+46701740605' });
    expect(transport.messages).to.have.length(6);
  });

  it('gets no message, and nothing by the code before, out of 20 sends and 20 such codes at once', async () => {
    const app = await start({ codeTtlSeconds: 60 });
    const jar = await app.halfSignedIn();
    const old = app.transport.lastCode();
    app.clock.advance(31);
    expect(await jar.post('/auth/code/send')).to.include({ status: 200 });
    const answers = await burst(40, (index) =>
      index % 2 === 0 ? jar.post('/auth/code/send') : jar.post('/auth/code', { code: old }),
    );
    expect(countOf(answers)).to.deep.equal({ TOO_MANY_SENDS: 20, INVALID_CODE: 5, TOO_MANY_ATTEMPTS: 15 });
    expect(app.transport.messages).to.have.length(2);
  });

  it('has one sign-in and one message at most if sends and the right code cross, and the old cookie is dead then', async () => {
    const app = await start({
      codeTtlSeconds: 60,
      resendAfterSeconds: [1],
      limits: {
        sendsPerUserPerHour: 20,
        sendsPerNumberPerHour: 20,
        sendsPerNumberPerDay: 20,
        sendsPerUserPerDay: 20,
        failedCodesPerUserPerDay: 100,
        failedCodesPerUserPer30Days: 100,
      },
    });
    let wins = 0;
    for (let round = 0; round < 6; round++) {
      const jar = await app.halfSignedIn();
      const { cookie } = jar;
      const sent = app.transport.messages.length;
      const code = app.transport.lastCode();
      app.clock.advance(31);
      const enter = () => jar.post('/auth/code', { code });
      const send = () => jar.post('/auth/code/send');
      // The sends may win each race, so in every second round they come after the codes.
      const answers =
        round % 2 === 0
          ? await burst(10, (index) => (index % 2 === 0 ? enter() : send()))
          : [...(await burst(5, enter)), ...(await burst(5, send))];
      const won = countOf(answers).verified ?? 0;
      expect(won).to.be.at.most(1);
      expect(app.transport.messages.length - sent).to.be.at.most(1);
      const old = await app.client().get('/auth/session', { Cookie: cookie });
      if (won === 1) expect(old.body.stage).to.equal('none');
      wins += won;
    }
    expect(wins).to.be.at.least(3);
  });
});
