import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import type { Express, Request } from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import type { SmsOtp } from '../../lib/index.ts';
import { type Agent, getPage, postForm, postJson } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { listen } from '../support/client.ts';
import { runListing } from '../support/listing.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';
import { startStubProvider } from '../support/stub-provider.ts';

const PAGE = 'docs/existing-apps.md';

interface Listing {
  readonly app: Express;
  readonly otp: SmsOtp;
  readonly server: Server;
  readonly transport: RecordingTransport;
  readonly people: People;
}

async function listing(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<Listing> {
  const [people, transport] = [new People(), new RecordingTransport()];
  const given = {
    secret: 'a secret of the listings, long enough',
    origin: 'http://127.0.0.1:3000',
    appName: 'Example',
    userStore: people,
    transport,
  };
  return { ...(await runListing<Listing>(PAGE, name, { ...given, ...more })), people, transport };
}

async function enterCode(jar: Agent, { transport }: Listing): Promise<void> {
  await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
}

describe('the listings for existing apps', () => {
  describe('Passport', () => {
    let it_: Listing;

    beforeEach(async () => {
      const { default: passport } = await import('passport');
      const { Strategy } = await import('passport-local');
      const names = new Set(['ada', 'grace']);
      passport.serializeUser((user, done) => done(null, (user as { username: string }).username));
      passport.deserializeUser((username: string, done) => done(null, { username } as Express.User));
      passport.use(new Strategy((username, _password, done) => done(null, names.has(username) ? { username } : false)));
      it_ = await listing('passport');
      // The other parts of an app.
      it_.app.get('/switch', (req: Request, res, next) => {
        req.login({ username: 'grace' } as Express.User, { keepSessionInfo: true } as never, (error) =>
          error ? next(error) : res.end(),
        );
      });
      it_.app.get('/keep', (req, res) => {
        Object.assign(req.session, { basket: 'tea' });
        res.end();
      });
      it_.app.get('/kept', (req, res) => void res.json(req.session));
    });

    async function passwordTyped(): Promise<Agent> {
      const jar = agent(it_.app);
      await jar.post('/login').type('form').send({ username: 'ada', password: 'x' }).expect(303);
      return jar;
    }

    it('asks for the code on top of the login, which it leaves alone', async () => {
      const jar = agent(it_.app);
      await getPage(jar, '/').expect(303).expect('Location', '/login?returnTo=%2F');
      await getPage(jar, '/login').expect(200, /<form/);
      const typed = await passwordTyped();
      await typed.get('/').expect(401);
      await postJson(typed, '/auth/code/send').expect(200);
      await enterCode(typed, it_);
      await typed.get('/').expect(200, 'Hello ada');
    });

    for (const [what, returnTo, end] of [
      ['where a person came from', '/kept?basket=all', '/kept?basket=all'],
      ['to its own pages only', '//evil.example/', '/'],
    ] as const) {
      it(`leads ${what}`, async () => {
        const jar = agent(it_.app);
        const address = `/login?${new URLSearchParams({ returnTo })}`;
        const { headers } = await postForm(jar, address, { username: 'ada', password: 'x' }).expect(303);
        const { text } = await getPage(jar, String(headers.location)).expect(200);
        const fields = { returnTo: /name="returnTo" value="([^"]+)"/.exec(text)?.[1] ?? '' };
        await postForm(jar, '/auth/code/send', fields).expect(303);
        const code = it_.transport.lastCode();
        await postForm(jar, '/auth/code', { code, ...fields })
          .expect(303)
          .expect('Location', end);
      });
    }

    it('says how the person was known, beside the code', async () => {
      it_.app.get('/facts', (req: Request, res) => void res.json(req.smsOtp));
      const jar = await passwordTyped();
      await postJson(jar, '/auth/code/send').expect(200);
      await enterCode(jar, it_);
      expect((await jar.get('/facts').expect(200)).body.amr).to.deep.equal(['pwd', 'sms', 'otp', 'mfa']);
    });

    it('leads a wrong name back to the form, with where the person came from', async () => {
      const jar = agent(it_.app);
      const address = '/login?returnTo=%2Fkept';
      await postForm(jar, address, { username: 'eve', password: 'x' }).expect(302).expect('Location', address);
      await getPage(jar, address).expect(200, /<form/);
    });

    it('signs out whoever has typed only the password, and whoever has both factors', async () => {
      for (const isVerified of [false, true]) {
        const jar = await passwordTyped();
        if (isVerified) {
          await postJson(jar, '/auth/code/send').expect(200);
          await enterCode(jar, it_);
        }
        await postForm(jar, '/logout').expect(303).expect('Location', '/');
        await getPage(jar, '/').expect(303).expect('Location', '/login?returnTo=%2F');
        it_.people.change('id-ada', { phoneNumbers: ['+46701740699'] });
      }
    });

    it("keeps Passport's user and everything else in the session", async () => {
      const jar = await passwordTyped();
      await postJson(jar, '/auth/code/send').expect(200);
      await enterCode(jar, it_);
      await jar.get('/keep').expect(200);
      await postJson(jar, '/auth/code/send').expect(200);
      await enterCode(jar, it_);
      const { body } = await jar.get('/kept').expect(200);
      expect(body).to.deep.include({ basket: 'tea', passport: { user: 'ada' } });
    });

    it('opens nothing for somebody else who comes into the same session', async () => {
      const jar = await passwordTyped();
      await postJson(jar, '/auth/code/send').expect(200);
      await enterCode(jar, it_);
      await postJson(jar, '/auth/code/send').expect(200);
      const pending = it_.transport.lastCode();
      await jar.get('/switch').expect(200);
      await jar.get('/').expect(401);
      await postJson(jar, '/auth/code', { code: pending }).expect(409);
    });
  });

  it('express-openid-connect: adds the code to what the provider says', async () => {
    const provider = await startStubProvider();
    try {
      const set = await listing('oidc', { issuerBaseURL: provider.issuer, origin: 'http://localhost:3000' });
      const jar = agent(set.app).set('Host', 'localhost:3000');
      const gate = await jar.get('/').set('Accept', 'text/html').expect(303);
      expect(gate.headers.location).to.equal('/login?returnTo=%2F');
      const login = await jar.get('/login?returnTo=%2Freports').expect(302);
      const answer = provider.signIn(String(login.headers.location), 'ada');
      const back = await jar.post('/callback').type('form').send(answer).expect(302);
      expect(back.headers.location).to.equal('/auth/code?returnTo=%2Freports');
      await jar.get('/').expect(401);
      await postJson(jar, '/auth/code/send').expect(200);
      await enterCode(jar, set);
      await jar.get('/').expect(200, 'Hello ada');
    } finally {
      await provider.close();
    }
  });

  describe('a login of its own', () => {
    let set: Listing;

    beforeEach(async () => {
      const logIn = async ({ name }: { name: string }): Promise<object | undefined> =>
        name === 'eve' ? undefined : { id: `id-${name}` };
      set = await listing('own', { logIn });
    });

    async function loggedIn(name: string): Promise<Agent> {
      const jar = agent(set.app);
      await getPage(jar, '/').expect(303).expect('Location', '/login?returnTo=%2F');
      await postForm(jar, '/login', { name }).expect(303).expect('Location', '/auth/code?returnTo=%2F');
      return jar;
    }

    it('offers to send the code, and opens with it', async () => {
      const jar = await loggedIn('ada');
      await getPage(jar, '/auth/code?returnTo=%2F').expect(200, /0605/);
      await postForm(jar, '/auth/code/send').expect(303).expect('Location', '/auth/code');
      await getPage(jar, '/').expect(303);
      await enterCode(jar, set);
      await jar.get('/').expect(200, 'Hello');
    });

    it('has the session saved before a browser that follows at once comes back', async () => {
      const { prototype } = session.MemoryStore;
      const { set: write } = prototype;
      prototype.set = function (...facts) {
        setTimeout(() => write.apply(this, facts), 20);
      };
      try {
        for (let login = 0; login < 5; login++) {
          const jar = agent(set.app);
          const { headers } = await postForm(jar, '/login', { name: 'ada' }).expect(303);
          await getPage(jar, String(headers.location)).expect(200, /0605/);
        }
      } finally {
        prototype.set = write;
      }
    });

    it('leads a wrong password back to the form, with where the person came from', async () => {
      const address = '/login?returnTo=%2Freports';
      await postForm(agent(set.app), address, { name: 'eve' }).expect(303).expect('Location', address);
    });

    it('signs out whoever has typed only the password', async () => {
      const jar = await loggedIn('ada');
      await postForm(jar, '/logout').expect(303).expect('Location', '/');
      await getPage(jar, '/').expect(303).expect('Location', '/login?returnTo=%2F');
    });

    it('asks who has two numbers for one of them', async () => {
      const jar = await loggedIn('grace');
      await getPage(jar, '/auth/code').expect(303).expect('Location', '/auth/number');
      await getPage(jar, '/auth/number').expect(200);
      await postForm(jar, '/auth/number', { number: '1' }).expect(303).expect('Location', '/auth/code');
      expect(set.transport.messages[0]?.to).to.equal('+46701740607');
      await enterCode(jar, set);
      await jar.get('/').expect(200, 'Hello');
    });

    it('tells who has no number that there is none', async () => {
      const jar = await loggedIn('alan');
      await getPage(jar, '/auth/code').expect(200);
      await postForm(jar, '/auth/code/send').expect(403, /no phone number/);
    });
  });

  it('one dangerous button: gates a route, and static files by every path', async () => {
    const set = await listing('button');
    const jar = agent(set.app);
    await jar.get('/').expect(200, 'You are at: none');
    await jar.post('/transfer').expect(401);
    for (const path of [
      '/reports/ldap.md',
      '/reports/./ldap.md',
      '/reports//ldap.md',
      '/reports/%6cdap.md',
      '/reports/x/../ldap.md',
      '//reports/ldap.md',
      '/REPORTS/ldap.md',
    ]) {
      const { status } = await jar.get(path);
      expect(status, path).to.be.oneOf([401, 404]);
    }
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    await jar.get('/reports/existing-apps.md').expect(401);
    await enterCode(jar, set);
    await jar.post('/transfer').expect(200, 'done');
    await jar.get('/reports/existing-apps.md').expect(200);
  });

  it('a form in front of a button: asks for the code before anything is lost', async () => {
    const set = await listing('confirm');
    const jar = agent(set.app);
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    await enterCode(jar, set);
    await postForm(jar, '/transfer', { amount: '10 <€>' }).expect(303).expect('Location', '/transfer/confirm');
    await getPage(jar, '/transfer/confirm').expect(200, /Send 10 &lt;€&gt;\?/);
    await postForm(jar, '/transfer/confirm').expect(200, 'Sent 10 <€>.');
    await postForm(jar, '/transfer/confirm').expect(200, 'Sent before.');
    await getPage(jar, '/transfer/confirm').expect(303).expect('Location', '/transfer');
  });

  it('a pilot group: asks its members only', async () => {
    const set = await listing('pilot');
    const ada = agent(set.app);
    await postJson(ada, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect((await ada.get('/').expect(200)).body.amr).to.deep.equal(['pwd']);
    await ada.get('/strict').expect(401);
    const grace = agent(set.app);
    await postJson(grace, '/auth/login', { username: 'grace', password: 'hopper' }).expect(200);
    await grace.get('/').expect(401);
  });

  describe('routes of its own', () => {
    let set: Listing;

    beforeEach(async () => {
      set = await listing('parts');
    });

    it('have a whole sign-in', async () => {
      const jar = agent(set.app);
      await postForm(jar, '/my/password', { username: 'ada', password: 'wrong' }).expect(401);
      await postForm(jar, '/my/password', { username: 'ada', password: 'lovelace' })
        .expect(303)
        .expect('Location', '/my/code');
      await postForm(jar, '/my/code', { code: set.transport.lastCode() }).expect(303);
      await jar.get('/').expect(200, 'Hello ada');
      await postForm(jar, '/my/goodbye').expect(303);
      await jar.get('/').expect(401);
    });

    it('lead a wrong code, and whoever presses too early, back to their own page', async () => {
      const jar = agent(set.app);
      await postForm(jar, '/my/password', { username: 'ada', password: 'lovelace' }).expect(303);
      await getPage(jar, '/my/code').expect(200, /^(?!.*alert).*action="\/my\/code"/s);
      const wrong = wrongCode(set.transport.lastCode());
      await postForm(jar, '/my/code', { code: wrong }).expect(401, /role="alert".*action="\/my\/code"/s);
      await postForm(jar, '/my/send').expect(429, /role="alert".*action="\/my\/code"/s);
      await postForm(jar, '/my/code', { code: set.transport.lastCode() }).expect(303);
    });

    it('lead who has two numbers to the page that asks which', async () => {
      const jar = agent(set.app);
      await postForm(jar, '/my/password', { username: 'grace', password: 'hopper' })
        .expect(303)
        .expect('Location', '/auth/number');
      await getPage(jar, '/auth/number').expect(200);
      await postForm(jar, '/auth/number', { number: '1' }).expect(303).expect('Location', '/auth/code');
      await postForm(jar, '/my/code', { code: set.transport.lastCode() }).expect(303);
      await jar.get('/').expect(200, 'Hello grace');
    });

    it('tell who has no number that there is none', async () => {
      await postForm(agent(set.app), '/my/password', { username: 'alan', password: 'turing' }).expect(403, /no phone/);
    });

    it('tell a program what went wrong', async () => {
      const jar = agent(set.app);
      const grace = { username: 'grace', password: 'hopper' };
      const { body } = await postJson(jar, '/my/password', grace).expect(409);
      expect(body).to.include({ code: 'CONFLICT', location: '/auth/number' });
      expect((await postJson(jar, '/my/code', { code: '123456' }).expect(409)).body.code).to.equal('NO_CHALLENGE');
    });
  });

  it('a mount behind a proxy: links as the browser sees them', async () => {
    const set = await listing('mounted');
    const jar = agent(set.app);
    await jar.get('/').expect(200, 'public');
    const gate = await jar.get('/portal/').set('Accept', 'text/html').expect(303);
    expect(gate.headers.location).to.equal('/intranet/portal/auth/login?returnTo=%2Fintranet%2Fportal%2F');
    const login = { username: 'ada', password: 'lovelace' };
    const { body, headers } = await postJson(jar, '/portal/auth/login', login)
      .set('X-Forwarded-Proto', 'https')
      .expect(200);
    expect(body.location).to.equal('/intranet/portal/auth/code');
    expect(String(headers['set-cookie'])).to.include('Secure');
    await jar.get('/portal').expect(401);
  });

  it('two handlers: each signs in for itself, and ends nothing of the other', async () => {
    const set = await listing('two');
    set.people.add({ id: 'id-alice', username: 'alice', password: 'lovelace', phoneNumbers: ['+46701740608'] });
    const jar = agent(set.app);
    for (const [path, username] of [
      ['/staff', 'ada'],
      ['/guests', 'alice'],
    ] as const) {
      await jar.get(path).expect(401);
      await postJson(jar, `${path}/auth/login`, { username, password: 'lovelace' }).expect(200);
      const { body } = await postJson(jar, `${path}/auth/code`, { code: set.transport.lastCode() }).expect(200);
      expect(body.location).to.equal(path);
    }
    await jar.get('/guests').expect(200, 'Hello alice');
    await jar.get('/staff').expect(200, 'Hello ada');
  });

  it('WebSockets: accepts an upgrade behind the gate only', async () => {
    const accept = (_req: unknown, socket: { end(text: string): void }): void =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    const set = await listing('websocket', { accept });
    const http = await listen(set.app);
    set.server.listen(0, '127.0.0.1');
    await once(set.server, 'listening');
    try {
      const jar = agent(http.url);
      await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
      expect(await upgrade(set.server, '')).to.include('401');
      expect(await upgrade(set.server, cookieOf(await jar.get('/auth/session')))).to.include('401');
      await enterCode(jar, set);
      expect(await upgrade(set.server, cookieOf(await jar.get('/auth/session')))).to.include('101');
      await resetWhileItIsAnswered(set.server);
      expect(await upgrade(set.server, '')).to.include('401');
    } finally {
      set.server.close();
      await http.close();
    }
  });
});

/** The cookies that a request carried. */
function cookieOf(response: object): string {
  return (response as { request: { cookies: string } }).request.cookies;
}

async function upgrade(server: Server, cookie: string): Promise<string> {
  const address = server.address();
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  socket.write(`GET /any HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: test\r\nCookie: ${cookie}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

/** A client that asks for an upgrade and resets the connection: without a listener the process would end. */
async function resetWhileItIsAnswered(server: Server): Promise<void> {
  const address = server.address();
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  const upgraded = once(server, 'upgrade');
  client.write('GET /any HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n');
  const [, socket] = await upgraded;
  expect(socket.listenerCount('error')).to.be.greaterThan(0);
  client.resetAndDestroy();
  await new Promise((resolve) => socket.once('close', resolve));
}
