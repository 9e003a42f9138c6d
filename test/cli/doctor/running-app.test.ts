import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express, { type Express, type RequestHandler } from 'express';
import { examineApp, type RunningApp } from '../../../lib/cli/doctor/running-app.ts';
import { type TestAppSetup, testApp } from '../../support/app.ts';
import { listen } from '../../support/client.ts';
import { useClosing } from '../../support/closing.ts';
import { collect, complaints, findingOf } from '../../support/findings.ts';
import { useProduction } from '../../support/production.ts';

const ADA = { name: 'ada', password: 'lovelace' };

describe('the examination of the running app', () => {
  const keep = useClosing();

  async function serve(app: Express): Promise<string> {
    return keep(await listen(app)).url;
  }

  /** Behind a proxy that changes requests or answers. */
  async function proxy(target: string | (() => string), change: Change = {}): Promise<string> {
    const server = createServer((req, res) => {
      const headers = { ...req.headers };
      change.request?.(headers);
      const path = change.path?.(req.url ?? '') ?? req.url;
      const to = (typeof target === 'string' ? target : target()) + path;
      const on = request(to, { method: req.method ?? 'GET', headers }, (answer) => {
        const answered = { ...answer.headers };
        change.answer?.(answered);
        res.writeHead(answer.statusCode ?? 502, answered);
        answer.pipe(res);
      });
      on.on('error', () => res.writeHead(502).end());
      req.pipe(on);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    keep({ close: async () => void server.close().closeAllConnections() });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const examine = (url: string, changes: Partial<RunningApp> = {}, person?: typeof ADA) =>
    collect(
      examineApp({ url: new URL(url), basePath: '/auth', publicPath: '', hasOwnLogin: true, ...changes }, person),
    );

  const start = async (setup: TestAppSetup = {}) => serve(build(setup).app);

  it('finds nothing wrong with an app, and sends no SMS without a password', async () => {
    const { app, transport } = build();
    const findings = await examine(await serve(app));
    expect(complaints(findings)).to.deep.equal([]);
    expect(findingOf(findings, 'session').detail).to.equal('/session answers: stage none');
    expect(findingOf(findings, 'cookie')).to.include({ status: 'skipped' });
    expect(transport.messages).to.deep.equal([]);
  });

  it('signs in with a password, sees the cookie come back, and signs out', async () => {
    const { app, transport, sessions } = build({ session: LAX });
    const findings = await examine(await serve(app), {}, ADA);
    expect(complaints(findings)).to.deep.equal([]);
    expect(findingOf(findings, 'cookie').detail).to.equal('connect.sid: as it should be');
    expect(findingOf(findings, 'session kept').detail).to.equal('stage code with the cookie');
    expect(transport.messages).to.have.length(1);
    expect(JSON.stringify(findings)).to.not.match(/lovelace|4670174/);
    expect(JSON.stringify(sessions)).to.not.contain('ada');
  });

  it('asks below the path that the URL names', async () => {
    const app = express().use('/portal', build().app);
    expect(complaints(await examine(`${await serve(app)}/portal/`))).to.deep.equal([]);
  });

  describe('names', () => {
    it('an app that is down', async () => {
      expect(complaints(await examine('http://127.0.0.1:1'))).to.deep.equal(['failed app 127.0.0.1:1 TCP']);
    });

    it('an address that has other pages', async () => {
      const url = await serve(express().use((_req, res) => void res.send('<p>Welcome</p>')));
      const { detail, remedy } = findingOf(await examine(url), 'session');
      expect(detail).to.equal('/session: another page answers, and no JSON');
      expect(remedy).to.contain('basePath and publicPath');
    });

    it('a path that is not there', async () => {
      const { detail } = findingOf(await examine(await start(), { basePath: '/login' }), 'session');
      expect(detail).to.match(/SIGN_IN_REQUIRED \(401\)/);
    });

    it('another guard that stands before', async () => {
      const url = await serve(express().use((_req, res) => void res.redirect('/sso')));
      const { detail, remedy } = findingOf(await examine(url), 'session');
      expect(detail).to.equal('/session redirects to /sso');
      expect(remedy).to.contain('stands before smsOtp()');
    });

    it('a proxy that does not reach the app', async () => {
      const url = await proxy('http://127.0.0.1:1');
      expect(findingOf(await examine(url), 'session').detail).to.equal('the proxy cannot reach the app (502)');
    });

    it('what the app itself says of its session', async () => {
      const without: RequestHandler = (req, _res, next) => {
        Object.assign(req, { session: undefined });
        next();
      };
      const url = await start({ before: (app) => app.use(without) });
      const { status, detail } = findingOf(await examine(url), 'session');
      expect(status).to.equal('failed');
      expect(detail).to.match(/^(SESSION_MISSING|MISCONFIGURED) \(500\): /);
    });

    it('an origin that people do not open', async () => {
      const origin = 'https://app.example.org';
      const findings = await examine(await start({ options: { origin } }), { origin });
      expect(complaints(findings).map((it) => it.replace(/ app \S+/, ''))).to.deep.equal([
        'failed origin',
        'failed host',
      ]);
      expect(findingOf(findings, 'host').remedy).to.contain('Set the option origin');
    });

    it('a proxy that changes Host', async () => {
      const url = await proxy(await start(), {
        request: (headers) => Object.assign(headers, { host: 'internal:8080' }),
      });
      expect(findingOf(await examine(url), 'host')).to.include({ status: 'failed' });
    });

    it('a proxy that takes Origin away: posts of other sites then pass', async () => {
      const url = await proxy(await start(), { request: (headers) => void delete headers.origin });
      const { status, remedy } = findingOf(await examine(url), 'other sites');
      expect(status).to.equal('failed');
      expect(remedy).to.contain('Origin');
    });

    it('a prefix that a proxy strips and the app does not know', async () => {
      const target = await start();
      const url = await proxy(target, { path: (path) => (path.startsWith('/shop/') ? path.slice(5) : '/nowhere') });
      const { detail, remedy } = findingOf(await examine(`${url}/shop`), 'redirect');
      expect(detail).to.equal('/auth/login answers 303');
      expect(remedy).to.equal('Set publicPath to the prefix that the proxy strips.');
    });

    it('headers that a proxy replaces', async () => {
      const url = await proxy(await start(), {
        answer: (headers) => Object.assign(headers, { 'referrer-policy': 'no-referrer', 'cache-control': 'public' }),
      });
      const { status, detail } = findingOf(await examine(url), 'headers');
      expect(status).to.equal('warning');
      expect(detail).to.contain('Origin: null').and.contain('no-store');
    });

    it('a policy of the proxy that lets other sites frame the pages', async () => {
      const url = await proxy(await start(), {
        answer: (headers) => Object.assign(headers, { 'content-security-policy': "default-src 'self'" }),
      });
      const { status, detail, remedy } = findingOf(await examine(url), 'headers');
      expect(status).to.equal('warning');
      expect(detail).to.equal('Content-Security-Policy does not forbid frames');
      expect(remedy).to.contain('Let the proxy leave the headers');
    });

    it('a second policy, which a proxy adds', async () => {
      const url = await proxy(await start(), {
        answer(headers) {
          const own = headers['content-security-policy'] ?? '';
          headers['content-security-policy'] = [own, "default-src 'none'"];
        },
      });
      const { status, detail } = findingOf(await examine(url), 'headers');
      expect(status).to.equal('warning');
      expect(detail).to.equal('there are two Content-Security-Policies: both must allow our pages');
    });

    it('a clock that is wrong', async () => {
      const url = await proxy(await start(), {
        answer: (headers) => Object.assign(headers, { date: new Date(Date.now() - 60_000).toUTCString() }),
      });
      const { status, detail } = findingOf(await examine(url), 'clock');
      expect(status).to.equal('warning');
      expect(detail).to.match(/^(59|60) s apart/);
    });

    it('sessions that are stored before a sign-in, and cookies that are sent again each time', async () => {
      const url = await start({ session: { saveUninitialized: true, rolling: true, ...LAX } });
      const { status, detail, remedy } = findingOf(await examine(url), 'visitors');
      expect(status).to.equal('warning');
      expect(detail).to.equal('connect.sid is set before a sign-in, and again with each answer');
      expect(remedy).to.contain('saveUninitialized: false and rolling: false').and.contain('signed out');
    });

    it('a cookie that each answer sets again, though no session is stored before a sign-in', async () => {
      const url = await start({ session: { rolling: true, ...LAX } });
      const findings = await examine(url, {}, ADA);
      expect(findingOf(findings, 'visitors')).to.include({ status: 'ok' });
      const { status, detail, remedy } = findingOf(findings, 'session kept');
      expect(status).to.equal('warning');
      expect(detail).to.equal('connect.sid is set again by an answer that changes nothing');
      expect(remedy).to.contain('Set rolling: false').and.contain('signed out');
    });

    it('a cookie that scripts can read, and one that other sites send', async () => {
      const url = await start({ session: { cookie: { httpOnly: false } } });
      const { status, detail } = findingOf(await examine(url, {}, ADA), 'cookie');
      expect(status).to.equal('failed');
      expect(detail).to.equal('connect.sid is not HttpOnly; connect.sid has SameSite unset');
    });

    it('a cookie that is not set, since the app takes the connection for plain', async () => {
      const url = await start({ session: { cookie: { secure: true, sameSite: 'lax' } } });
      const { status, detail } = findingOf(await examine(url, {}, ADA), 'session');
      expect(status).to.equal('failed');
      expect(detail).to.contain('MISCONFIGURED').and.contain('trust proxy').and.contain('X-Forwarded-Proto');
    });

    it('a session that the next process does not know', async () => {
      const urls = [await start({ session: LAX }), await start({ session: LAX })];
      let turn = 0;
      const url = await proxy(() => urls[turn++ % 2] ?? '');
      const { status, remedy } = findingOf(await examine(url, {}, ADA), 'session kept');
      expect(status).to.equal('failed');
      expect(remedy).to.contain('same session store');
    });

    it('a password that is refused', async () => {
      const findings = await examine(await start(), {}, { name: 'ada', password: 'wrong' });
      expect(findingOf(findings, 'cookie').detail).to.match(/^the sign-in is refused: INVALID_CREDENTIALS/);
    });
  });

  describe('names, in production,', () => {
    useProduction();

    it('sessions in a MemoryStore', async () => {
      const url = await start({ session: { cookie: { secure: true, sameSite: 'lax' } } });
      const { status, detail, remedy } = findingOf(await examine(url), 'session');
      expect(status).to.equal('failed');
      expect(detail)
        .to.match(/^MISCONFIGURED \(500\): /)
        .and.contain('MemoryStore')
        .and.contain("allowInsecure: ['memorySessions']");
      expect(remedy).to.contain('do what its message says');
    });

    it('a session cookie that travels in clear', async () => {
      const url = await start({ options: { allowInsecure: ['memorySessions'] }, session: LAX });
      const { status, detail } = findingOf(await examine(url), 'session');
      expect(status).to.equal('failed');
      expect(detail)
        .to.match(/^MISCONFIGURED \(500\): /)
        .and.contain('trust proxy')
        .and.contain("allowInsecure: ['insecureCookie']");
    });
  });
});

interface Change {
  readonly path?: (path: string) => string;
  readonly request?: (headers: Record<string, unknown>) => void;
  readonly answer?: (headers: Record<string, unknown>) => void;
}

const LAX = { cookie: { sameSite: 'lax' } } as const;

/** Without an origin of its own: the port is not known yet. */
function build(setup: TestAppSetup = {}) {
  const none: object = { origin: undefined };
  return testApp({ ...setup, options: { ...none, ...setup.options } });
}
