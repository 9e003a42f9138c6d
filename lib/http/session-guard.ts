import type { Request, RequestHandler, Response } from 'express';
import type { Store } from 'express-session';
import { fault, SmsOtpConfigError, SmsOtpError } from '../errors.ts';
import { debugLogger, type Logger } from '../log.ts';
import { saysNoSuchSession } from './session.ts';

/** With what else a request needs, its answer comes within 2 s. */
const DEADLINE_MILLISECONDS = 1_500;
const CALLS = ['get', 'set', 'touch', 'destroy'] as const;
type Call = (typeof CALLS)[number] | 'disconnect';
/** The calls that surely work if this one does: a full Redis still touches and removes, and a replica only reads. */
const PROVES: Readonly<Record<Call, readonly Call[]>> = {
  get: ['get'],
  set: ['set', 'touch', 'destroy'],
  touch: ['touch', 'destroy'],
  destroy: ['destroy'],
  disconnect: ['disconnect'],
};
const CONSEQUENCES = {
  fails: 'requests that need a session get 503 until it works',
  'takes no writes': 'sign-ins, and all else that must be saved, get 503 until it does',
} as const;
/** The files of our pages, by the end of their paths: an error page must not be bare because it tells of an outage. */
const OUR_FILES = /\/assets\/((sms-otp|support|own)\.css|sms-otp\.js)$/;

/**
 * Guards the sessions of express-session, with any store: one that fails, throws, rejects or does not answer is a 503
 * `STATE_UNAVAILABLE` with `Retry-After`, and one that says `ENOENT` has no such session.
 *
 * @param session the middleware, as `session({ … })`
 * @param deadlineMilliseconds how long each call of the store may take. @default 1500
 * @throws SmsOtpConfigError if it is no middleware, or the deadline is not above 0
 */
export function sessionGuard(session: RequestHandler, deadlineMilliseconds = DEADLINE_MILLISECONDS): RequestHandler {
  const problems = [
    ...(isMiddleware(session) ? [] : ['sessionGuard: needs the middleware of express-session, session({ … })']),
    ...(deadlineMilliseconds > 0 ? [] : ['sessionGuard: needs a deadline above 0, in milliseconds']),
  ];
  if (problems.length > 0) throw new SmsOtpConfigError(problems);
  const watch = new StoreWatch(deadlineMilliseconds, debugLogger('session'));
  return function sessionGuard(req, res, next) {
    // The page that tells of an outage has been waited for long enough.
    if (watch.isDown && isOurFile(req)) return next();
    meetStore(req, (store) => watch.take(store));
    let isFirst = true;
    const pass = (problem?: unknown): void => {
      const error = problem ?? (req.session ? undefined : watch.disconnection);
      const isPassable = isNothing(error) || (isOutage(error) && isOurFile(req));
      const wasFirst = isFirst;
      isFirst = false;
      if (wasFirst && isPassable) next();
      // A failure once the answer is out changes nothing in it; Express would cut the connection for that.
      else if (!isPassable && !res.headersSent) next(readyToTell(res, error));
    };
    session(req, res, pass);
  };
}

/** The function `session` itself takes its options alone, and never goes on with a request. */
function isMiddleware(session: unknown): boolean {
  return typeof session === 'function' && session.length !== 1;
}

/** express-session names its store on each request before it asks it anything. */
function meetStore(req: Request, meet: (store: Store) => void): void {
  if (req.sessionStore !== undefined) {
    meet(req.sessionStore);
    return;
  }
  const place = { configurable: true, enumerable: true } as const;
  Object.defineProperty(req, 'sessionStore', {
    ...place,
    get: () => undefined,
    set(store: Store) {
      meet(store);
      Object.defineProperty(req, 'sessionStore', { ...place, writable: true, value: store });
    },
  });
}

/** Express's own error handler sends what is set before. */
function readyToTell(res: Response, error: unknown): unknown {
  if (isOutage(error)) res.set({ 'Retry-After': String(error.details.retryAfterSeconds), 'Cache-Control': 'no-store' });
  return error;
}

function isOurFile({ method, originalUrl }: Request): boolean {
  return (method === 'GET' || method === 'HEAD') && OUR_FILES.test(originalUrl.split('?', 1)[0] ?? '');
}

function isOutage(error: unknown): error is SmsOtpError {
  return error instanceof SmsOtpError && error.code === 'STATE_UNAVAILABLE';
}

/** As to express-session, whatever is false is no error: some stores say so. */
function isNothing(error: unknown): boolean {
  return !error;
}

type Done = (error?: unknown, value?: unknown) => void;

/** The calls of a store, each with a deadline, and how the last one of each kind ended. */
class StoreWatch {
  readonly #deadlineMilliseconds: number;
  readonly #logger: Logger;
  readonly #taken = new WeakSet<Store>();
  readonly #failing = new Set<Call>();
  #isConnected = true;
  #told: 'works' | 'takes no writes' | 'fails' = 'works';

  constructor(deadlineMilliseconds: number, logger: Logger) {
    this.#deadlineMilliseconds = deadlineMilliseconds;
    this.#logger = logger;
  }

  get isDown(): boolean {
    return this.#failing.size > 0;
  }

  /** While its store says that it is disconnected, express-session lets requests pass without a session. */
  get disconnection(): SmsOtpError | undefined {
    return this.#isConnected
      ? undefined
      : fault('STATE_UNAVAILABLE', new Error('The session store says that it is disconnected.'));
  }

  /** express-session keeps the store for itself: only in its place can a call get a deadline. */
  take(store: Store): void {
    if (this.#taken.has(store)) return;
    this.#taken.add(store);
    for (const name of CALLS) {
      const call: unknown = Reflect.get(store, name);
      if (typeof call === 'function') Reflect.set(store, name, this.#inTime(name, call.bind(store)));
    }
    store.on?.('disconnect', () => this.#connection(false));
    store.on?.('connect', () => this.#connection(true));
  }

  #connection(isThere: boolean): void {
    this.#isConnected = isThere;
    this.#note('disconnect', isThere, 'disconnect');
  }

  #inTime(name: Call, call: (...values: unknown[]) => unknown): (...values: unknown[]) => unknown {
    return (...values) => {
      const done = values.at(-1);
      if (typeof done !== 'function') return call(...values);
      let isOver = false;
      const end: Done = (error, value) => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        this.#tell(name, done as Done, error, value);
      };
      const late = `The session store did not answer within ${this.#deadlineMilliseconds} ms.`;
      const timer = setTimeout(
        () => end(Object.assign(new Error(late), { code: 'no-answer' })),
        this.#deadlineMilliseconds,
      );
      try {
        const answer = call(...values.slice(0, -1), end);
        // The callback tells all but a rejection, which would end the process.
        Promise.resolve(answer).catch((error) => end(isNothing(error) ? new Error('It rejected.') : error));
      } catch (error) {
        if (isOver) throw error;
        end(isNothing(error) ? new Error('It threw.') : error);
      }
    };
  }

  #tell(name: Call, done: Done, error: unknown, value: unknown): void {
    const isAbsent = name !== 'set' && saysNoSuchSession(error);
    this.#note(name, isAbsent || isNothing(error), wordOf(error));
    if (isAbsent) done();
    else if (isNothing(error)) done(null, value);
    else done(fault('STATE_UNAVAILABLE', error));
  }

  /** A line when it goes, and one when all is back: reads go on where nothing can be written. */
  #note(name: Call, works: boolean, word: string): void {
    if (works) for (const proven of PROVES[name]) this.#failing.delete(proven);
    else this.#failing.add(name);
    const isReadable = !this.#failing.has('get') && !this.#failing.has('disconnect');
    const now = this.#failing.size === 0 ? 'works' : isReadable ? 'takes no writes' : 'fails';
    // As soon as it can be read again, the calls that could not write are tried, too.
    if (now === this.#told || (now === 'takes no writes' && this.#told === 'fails')) return;
    this.#told = now;
    if (now === 'works') this.#logger.warn('The session store works again.');
    else this.#logger.warn(`The session store ${now} (${word}): ${CONSEQUENCES[now]}.`);
  }
}

/** As `ECONNREFUSED`, the first word of Redis, as `READONLY`, or the name of the class: a text may quote a session's id. */
function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no Error';
  if ('code' in error && /^[\w-]+$/.test(String(error.code))) return String(error.code);
  return /^[A-Z]{3,16}(?= )/.exec(error.message)?.[0] ?? error.constructor.name;
}
