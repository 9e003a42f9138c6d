import { expect } from 'chai';
import { type Agent, postJson, type TestApp, testApp, withoutMarks } from '../support/app.ts';

const VISITORS = ['none', 'first factor', 'verified', 'verified but old', 'exempt'] as const;
const GATES = ['/default', '/route', '/step-up'] as const;
const REQUESTS = ['HTML GET', 'HTML HEAD', 'HTML POST', 'JSON GET', 'JSON POST'] as const;

type Visitor = (typeof VISITORS)[number];

/** The visitors who come through each gate; everybody else is refused. */
const OPEN: Readonly<Record<(typeof GATES)[number], readonly Visitor[]>> = {
  '/default': ['verified', 'verified but old', 'exempt'],
  '/route': ['verified', 'verified but old'],
  '/step-up': ['verified'],
};

describe('the table of gates', () => {
  let app: TestApp;

  beforeEach(() => {
    app = testApp({
      options: { requiredFor: ({ username }) => username !== 'grace' },
      routes(express, otp) {
        express.all('/default', (_req, res) => void res.send('in'));
        express.all('/route', otp.requireSmsOtp(), (_req, res) => void res.send('in'));
        express.all('/step-up', otp.requireSmsOtp({ maxAgeSeconds: 60 }), (_req, res) => void res.send('in'));
      },
    });
  });

  async function visit(visitor: Visitor): Promise<Agent> {
    const jar = app.agent();
    if (visitor === 'none') return jar;
    const [username, password] = visitor === 'exempt' ? ['grace', 'hopper'] : ['ada', 'lovelace'];
    await postJson(jar, '/auth/login', { username, password }).expect(200);
    if (visitor.startsWith('verified'))
      await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    app.clock.advance(visitor === 'verified but old' ? 61 : 30);
    return jar;
  }

  for (const visitor of VISITORS) {
    for (const gate of GATES) {
      for (const request of REQUESTS) {
        const isOpen = OPEN[gate].includes(visitor);
        const isRead = request === 'HTML GET' || request === 'HTML HEAD';
        it(`${visitor}, ${gate}, ${request}: ${isOpen ? 'in' : isRead ? '303' : '401'}`, async () => {
          const jar = await visit(visitor);
          const [kind = '', method = ''] = request.split(' ');
          const accept = kind === 'HTML' ? 'text/html' : 'application/json';
          const answer = await jar[method.toLowerCase() as 'get' | 'head' | 'post'](gate).set('Accept', accept);
          const page = visitor === 'none' ? '/auth/login' : '/auth/code';
          const location = method === 'POST' ? page : `${page}?returnTo=${encodeURIComponent(gate)}`;
          if (isOpen) return void expect(answer.status).to.equal(200);
          expect(answer.status).to.equal(isRead ? 303 : 401);
          expect(answer.headers['cache-control']).to.equal('no-store');
          if (isRead) expect(withoutMarks(answer.headers.location)).to.equal(location);
          if (kind === 'JSON') {
            const code = visitor === 'none' ? 'SIGN_IN_REQUIRED' : 'SMS_OTP_REQUIRED';
            expect({ ...answer.body, location: withoutMarks(answer.body.location) }).to.include({ code, location });
          }
          const isStepUp = visitor === 'verified but old' && !isRead;
          const challenge = answer.headers['www-authenticate'];
          if (isStepUp) expect(challenge).to.include('insufficient_user_authentication').and.include('max_age="60"');
          else expect(challenge).to.equal(undefined);
        });
      }
    }
  }
});
