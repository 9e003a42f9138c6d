import { expect } from 'chai';
import type { Agent } from '../support/app.ts';
import { getPage, postJson, type TestApp, testApp } from '../support/app.ts';

const ADA = { username: 'ada', password: 'lovelace' };

async function enter(jar: Agent, { transport }: TestApp): Promise<void> {
  await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
}

function browserCookie(jar: Agent): string {
  const cookie = jar.jar.getCookie('smsOtp.browser', { path: '/', domain: '127.0.0.1', secure: false, script: false });
  return `smsOtp.browser=${cookie?.value}`;
}

describe('people behind one address', () => {
  it('get in from their known browsers after 100 wrong posts of a stranger beside them', async () => {
    const app = testApp();
    const jar = await app.signedIn('ada');
    await postJson(jar, '/auth/logout').expect(200);
    const stranger = app.agent();
    const wrong = Array.from({ length: 100 }, (_, place) => ({ username: `name ${place}`, password: 'x' }));
    for (const answer of await Promise.all(wrong.map((typed) => postJson(stranger, '/auth/login', typed)))) {
      expect(answer.status).to.equal(401);
    }
    expect((await postJson(stranger, '/auth/login', ADA).expect(429)).body.code).to.equal('TOO_MANY_ATTEMPTS');
    await postJson(jar, '/auth/login', ADA).expect(200);
  });

  it('come at nine, more than the limits of the address: all get in, and wait for their codes at once the next day', async () => {
    const app = testApp({ options: { limits: { sendsPerAddressPerHour: 10, failedPasswordsPerAddressPerHour: 10 } } });
    const jars = new Map<string, Agent>();
    for (let place = 10; place < 24; place++) {
      const [username, number] = [`p${place}`, `+467017406${place}`];
      app.people.add({ id: `id-${place}`, username, password: 'x', phoneNumbers: [number] });
      jars.set(username, app.agent());
    }
    for (const [username, jar] of jars) {
      await postJson(jar, '/auth/login', { username, password: 'x' }).expect(200);
      await enter(jar, app);
      await postJson(jar, '/auth/logout').expect(200);
    }
    app.clock.advance(86_400);
    for (const [username, jar] of jars) await postJson(jar, '/auth/login', { username, password: 'x' }).expect(200);
    expect(app.transport.messages).to.have.length(28);
    // In browsers that are new, the limit holds.
    const answers: number[] = [];
    for (const username of jars.keys()) {
      answers.push((await postJson(app.agent(), '/auth/login', { username, password: 'x' })).status);
    }
    expect(answers).to.deep.equal([...new Array(10).fill(200), ...new Array(4).fill(429)]);
  });

  it('are told to wait a moment, not half an hour, if 8 type one right password at once', async () => {
    const app = testApp();
    const { checkPassword } = app.people;
    let goOn = (): void => undefined;
    const refused = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    // The directory is slow: it answers none before the others were refused.
    app.people.checkPassword = async (user, password) => {
      await refused;
      return checkPassword.call(app.people, user, password);
    };
    let refusals = 0;
    const post = async (): Promise<number> => {
      const { status, headers, body } = await postJson(app.agent(), '/auth/login', ADA);
      if (status !== 429) return status;
      expect(headers['retry-after']).to.equal('2');
      expect(body.code).to.equal('TOO_MANY_ATTEMPTS');
      expect(body.detail).to.not.contain('wrong');
      refusals += 1;
      if (refusals === 3) goOn();
      return status;
    };
    const statuses = await Promise.all(Array.from({ length: 8 }, post));
    expect(statuses.toSorted()).to.deep.equal([...new Array(5).fill(200), ...new Array(3).fill(429)]);
    app.clock.advance(3600);
    await postJson(app.agent(), '/auth/login', ADA).expect(200);
  });
});

describe('two names of one person', () => {
  it('are answered as two names that nobody has', async () => {
    const answersTo = async (name: string): Promise<readonly object[]> => {
      const app = testApp();
      const { findUser } = app.people;
      app.people.findUser = (key) =>
        findUser.call(app.people, 'id' in key ? key : { username: key.username.replace(/@corp\.example$/, '') });
      const post = async (username: string): Promise<object> => {
        const { status, body } = await postJson(app.agent(), '/auth/login', { username, password: 'wrong' });
        return { status, body };
      };
      const first = await Promise.all(Array.from({ length: 5 }, () => post(name)));
      return [...first, await post(`${name}@corp.example`), await post(name), await post(`${name}@corp.example`)];
    };
    expect(await answersTo('ada')).to.deep.equal(await answersTo('zoe'));
  });
});

describe('the cookie of a known browser', () => {
  it('is found behind many others of its name, which a subdomain has set', async () => {
    const app = testApp({ options: { limits: { failedPasswordsPerAddressPerHour: 1 } } });
    const jar = await app.signedIn('ada');
    const known = browserCookie(jar);
    expect(known).to.match(/=[\w-]+\./);
    await postJson(app.agent(), '/auth/login', { username: 'x', password: 'x' }).expect(401);
    const junk = Array.from({ length: 100 }, (_, place) => `smsOtp.browser=${place}`);
    for (const cookies of [
      [known, ...junk],
      [...junk, known],
      [known, known, known, known, known, known],
    ]) {
      await postJson(app.agent(), '/auth/login', ADA).set('Cookie', cookies.join('; ')).expect(200);
    }
    await postJson(app.agent(), '/auth/login', ADA).set('Cookie', junk.join('; ')).expect(429);
  });

  it('is worth nothing after a sign-out everywhere, and opens no page by itself', async () => {
    const app = testApp({ options: { limits: { failedPasswordsPerAddressPerHour: 1 } } });
    const jar = await app.signedIn('ada');
    const known = browserCookie(jar);
    await getPage(app.agent(), '/secret').set('Cookie', known).expect(303);
    await postJson(jar, '/auth/account/sign-out-everywhere').expect(200);
    await postJson(app.agent(), '/auth/login', { username: 'x', password: 'x' }).expect(401);
    await postJson(app.agent(), '/auth/login', ADA).set('Cookie', known).expect(429);
  });
});
