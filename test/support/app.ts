import express, { type Express, type RequestHandler } from 'express';
import session from 'express-session';
import { agent, type Response } from 'supertest';
import type { SharedState, SmsOtp, SmsOtpOptions } from '../../lib/index.ts';
import { createSmsOtp } from '../../lib/sms-otp.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { FakeClock } from './clock.ts';
import { People } from './people.ts';
import { RecordingTransport } from './recording-transport.ts';

export type Agent = ReturnType<typeof agent>;

export interface TestApp {
  readonly app: Express;
  readonly otp: SmsOtp;
  readonly clock: FakeClock;
  readonly people: People;
  readonly transport: RecordingTransport;
  readonly shared: SharedState;
  readonly sessions: session.MemoryStore;
  /** A browser or program with a cookie jar of its own. */
  agent(): Agent;
  /** A cookie jar that has typed the password, and the code, too, unless told otherwise. */
  signedIn(username?: 'ada' | 'grace', until?: 'password' | 'code'): Promise<Agent>;
}

export interface TestAppSetup {
  readonly options?: Partial<SmsOtpOptions>;
  readonly clock?: FakeClock;
  readonly sessions?: session.MemoryStore;
  readonly session?: Partial<session.SessionOptions>;
  /** Around the middleware of express-session. */
  readonly guard?: (session: RequestHandler) => RequestHandler;
  /** Before the handler. */
  readonly before?: (app: Express) => void;
  /** After the handler; a route `/secret` is there anyway. */
  readonly routes?: (app: Express, otp: SmsOtp) => void;
}

const SECRET = 'a secret of the tests that is long enough';
const PASSWORDS = { ada: 'lovelace', grace: 'hopper', alan: 'turing' } as const;

/** An Express app as its users have one, on a clock that can be moved. */
export function testApp(setup: TestAppSetup = {}): TestApp {
  const clock = setup.clock ?? new FakeClock();
  const sessions = setup.sessions ?? new session.MemoryStore();
  const people = new People();
  const transport = new RecordingTransport();
  const shared = setup.options?.shared ?? memoryState({ clock: clock.now });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const otp = createSmsOtp(
    { secret: SECRET, userStore: people, transport, shared, logger, origin: 'http://127.0.0.1', ...setup.options },
    clock.now,
  );
  const app = express();
  // Express prints what it answers with 500, but not in tests.
  app.set('env', 'test');
  const options = { secret: SECRET, resave: false, saveUninitialized: false, store: sessions, ...setup.session };
  app.use(setup.guard?.(session(options)) ?? session(options));
  setup.before?.(app);
  app.use(otp);
  app.get('/secret', (req, res) => void res.json(req.smsOtp));
  setup.routes?.(app, otp);
  const newAgent = (): Agent => agent(app);
  return {
    app,
    otp,
    clock,
    people,
    transport,
    shared,
    sessions,
    agent: newAgent,
    async signedIn(username = 'ada', until = 'code') {
      const jar = newAgent();
      await postJson(jar, '/auth/login', { username, password: PASSWORDS[username] }).expect(200);
      if (username === 'grace') await postJson(jar, '/auth/number', { number: 0 }).expect(200);
      if (until === 'code') await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
      return jar;
    },
  };
}

/** As a program speaks to it. */
export function postJson(jar: Agent, path: string, body: object = {}): ReturnType<Agent['post']> {
  return jar.post(path).set('Accept', 'application/json').send(body);
}

/** As a browser posts a form. */
export function postForm(jar: Agent, path: string, fields: Record<string, string> = {}): ReturnType<Agent['post']> {
  return jar.post(path).set('Accept', 'text/html').type('form').send(fields);
}

export function getPage(jar: Agent, path: string): ReturnType<Agent['get']> {
  return jar.get(path).set('Accept', 'text/html');
}

/** A location without the marks that lead a page's script, or tell a browser that keeps no cookies. */
export function withoutMarks(location: unknown): string {
  return String(location)
    .replace(/([?&])(?:press|kept)=[^&]*&?/g, '$1')
    .replace(/[?&]$/, '');
}

/** The session id that an answer sets. */
export function sessionCookie(response: Response): string | undefined {
  const cookies: unknown = response.headers['set-cookie'];
  const all = Array.isArray(cookies) ? cookies.map(String) : [];
  return all.find((cookie) => cookie.startsWith('connect.sid='))?.split(';')[0];
}
