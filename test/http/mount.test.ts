import { expect } from 'chai';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import { MemoryUserStore, type SmsOtp, type SmsOtpOptions, smsOtp } from '../../lib/index.ts';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const OPTIONS: SmsOtpOptions = {
  secret: 'a secret of at least 32 bytes for tests',
  origin: 'http://127.0.0.1',
  userStore: new MemoryUserStore([]),
  transport: { send: async () => ({ status: 'unknown' }) },
  logger: SILENT,
};

describe('the mount of the handler', () => {
  let otp: SmsOtp;

  beforeEach(() => {
    otp = smsOtp(OPTIONS);
  });

  afterEach(() => otp.close());

  function appWith(path: string | RegExp) {
    const app = express();
    app.use(session({ secret: 'a secret', resave: false, saveUninitialized: false }));
    app.use(path, otp);
    return agent(app);
  }

  for (const path of ['/{*splat}', '/*splat', '/area/*rest'] as const) {
    it(`is refused at ${path} with the first request below it, and says where it belongs`, async () => {
      for (const asked of ['/area/dashboard', '/area/dashboard/', '/area/caf%C3%A9/a%2Fb?c=d', '/area/auth/login']) {
        const { body } = await appWith(path).get(asked).expect(500);
        expect(body.code, asked).to.equal('MISCONFIGURED');
        expect(body.detail).to.include('app.use(otp)');
      }
    });
  }

  it('is refused when the browser follows the gate to a page that would never be found', async () => {
    for (const path of ['/{*splat}', /.*/, /^\/.+/]) {
      const browser = appWith(path);
      let answer = await browser.get('/').set('Accept', 'text/html');
      for (let hops = 0; answer.status === 303 && hops < 3; hops += 1) {
        answer = await browser.get(answer.headers.location ?? '').set('Accept', 'text/html');
      }
      if (answer.status === 404) answer = await browser.get('/auth/login');
      expect(answer.status, String(path)).to.equal(500);
    }
  });

  it('is refused in an app that makes its router late, as Express 4 does, and says what to install', async () => {
    const app = Object.assign(express(), { lazyrouter() {} });
    app.use(session({ secret: 'a secret', resave: false, saveUninitialized: false }));
    app.use(otp);
    const { body } = await agent(app).get('/dashboard').expect(500);
    expect(body.code).to.equal('MISCONFIGURED');
    expect(body.detail).to.include('npm install express@5');
  });

  it('is told once at its own path, since nothing outside of it has a gate', async () => {
    const warnings: string[] = [];
    const logger = { ...SILENT, warn: (message: string) => void warnings.push(message) };
    const own = smsOtp({ ...OPTIONS, appName: 'Example', logger });
    const app = express();
    app.use(session({ secret: 'a secret', resave: false, saveUninitialized: false }));
    app.use('/auth', own);
    app.get('/dashboard', (_req, res) => void res.send('open to everybody'));
    await agent(app).get('/dashboard').expect(200);
    for (let request = 0; request < 3; request++) await agent(app).get('/auth/auth/login').expect(200);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('nothing outside /auth has a gate').and.contain('app.use(otp)');
    await own.close();
  });

  it('is refused in so many words if the maker of the handler is mounted in its place', async () => {
    const app = express();
    app.use(smsOtp as unknown as RequestHandler);
    app.use(((error, _req, res, _next) => void res.send(String(error.message))) as ErrorRequestHandler);
    const { text } = await agent(app).get('/dashboard');
    expect(text).to.contain('app.use(smsOtp({ … }))').and.not.contain('there is no such option');
  });

  it('is fine without a path, at a fixed one, with a parameter, and behind a wildcard', async () => {
    for (const [path, ...asked] of [
      ['/', '/auth/login', '/dashboard'],
      ['/area', '/area/auth/login', '/area', '/area/'],
      ['/:tenant', '/acme/auth/login', '/acme'],
      ['/*any/area', '/some/area/auth/login', '/some/area', '/some/more/area/auth/code'],
    ] as const) {
      for (const each of asked) {
        const { status, body } = await appWith(path).get(each);
        expect([200, 401], `${each}: ${body.code}`).to.include(status);
      }
    }
  });
});
