/// <reference types="express-session" preserve="true" />
import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { fault } from '../domain/fault.ts';
import type { SignIn } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';

type Session = Request['session'];

/** The fields of a sign-in that are texts, where they are there at all. */
const TEXTS = [
  'epoch',
  'currentUser',
  'locale',
  'challengeId',
  'purpose',
  'number',
  'grantId',
  'returnTo',
] as const satisfies readonly (keyof SignIn)[];

/** The one place that reads and writes the app's session. */
export class Sessions {
  readonly #name: string;
  readonly #keep: readonly string[] | 'all';
  /** The session's id when the request passed the handler. */
  readonly #ids = new WeakMap<Request, string>();

  /**
   * @param name the session's key that is ours
   * @param keep which of the app's keys survive the change of session id at a sign-in
   */
  constructor(name: string, keep: readonly string[] | 'all') {
    this.#name = name;
    this.#keep = keep;
  }

  /** The request passes the handler. */
  enter(req: Request): void {
    this.#ids.set(req, req.sessionID);
  }

  /** Other packages for sessions have no store, which a step up needs. */
  isThere({ session, sessionStore }: Request): boolean {
    return session !== undefined && session !== null && sessionStore !== undefined;
  }

  /** @throws SmsOtpError `SESSION_MISSING` */
  read(req: Request): SignIn | undefined {
    const value = entries(sessionOf(req))[this.#name];
    return isSignIn(value) ? value : undefined;
  }

  /** Rejects where the store takes no session just now: asked before something that only the session will know of. */
  async tryOut(req: Request): Promise<void> {
    const [id, { cookie }] = [randomBytes(16).toString('base64url'), sessionOf(req)];
    await settled((done) => req.sessionStore.set(id, { cookie }, done));
    await settled((done) => req.sessionStore.destroy(id, done));
  }

  async write(req: Request, signIn: SignIn): Promise<void> {
    await this.assertStored(req);
    await this.#put(req, signIn);
  }

  /**
   * Whoever signs out at the app destroys the session: to write it once more would bring back all that was in it.
   *
   * @throws SmsOtpError `SIGN_IN_REQUIRED`
   */
  async assertStored(req: Request): Promise<void> {
    // What is new in this request, or without a sign-in, may be in no store yet.
    if (this.read(req) === undefined || this.#ids.get(req) !== req.sessionID) return;
    const stored = await settled((done) => req.sessionStore.get(req.sessionID, done));
    if (!stored) throw new SmsOtpError('SIGN_IN_REQUIRED', 'Please sign in again.');
  }

  /** A step up: a new session id, so that whoever planted or saw the old one has nothing. */
  async renew(req: Request, signIn: SignIn, keep: readonly string[] | 'all' = this.#keep): Promise<void> {
    const before = Object.entries(entries(sessionOf(req)));
    const kept = before.filter(([key]) => key !== 'cookie' && (keep === 'all' || keep.includes(key)));
    // `regenerate` deletes the old session before the new one is written. Saving first finds out whether the store takes
    // writes at all.
    await settled((done) => sessionOf(req).save(done));
    await settled((done) => sessionOf(req).regenerate(done));
    Object.assign(sessionOf(req), Object.fromEntries(kept));
    await this.#put(req, signIn);
  }

  /** Leaves a new and empty session, as the rest of the app expects one. */
  async end(req: Request): Promise<void> {
    await settled((done) => sessionOf(req).regenerate(done));
  }

  async #put(req: Request, signIn: SignIn): Promise<void> {
    entries(sessionOf(req))[this.#name] = signIn;
    await settled((done) => sessionOf(req).save(done));
  }
}

function sessionOf(req: Request): Session {
  if (req.session === undefined || req.session === null || req.sessionStore === undefined) {
    throw new SmsOtpError(
      'SESSION_MISSING',
      'There is no session of express-session on this request: it is needed before smsOtp(), and no other will do.',
    );
  }
  return req.session;
}

function entries(session: Session): Record<string, unknown> {
  return session as unknown as Record<string, unknown>;
}

/** What another version of this package left there is not understood: the sign-in starts again. */
function isSignIn(value: unknown): value is SignIn {
  if (typeof value !== 'object' || value === null) return false;
  const { id, subject, startedAt, amr, shown = [] } = value as Partial<Record<keyof SignIn, unknown>>;
  const isKnown = typeof id === 'string' && typeof subject === 'string' && typeof startedAt === 'number';
  return isKnown && Array.isArray(amr) && Array.isArray(shown) && areTexts(value);
}

function areTexts(signIn: Partial<Record<(typeof TEXTS)[number], unknown>>): boolean {
  return TEXTS.every((name) => signIn[name] === undefined || typeof signIn[name] === 'string');
}

/** express-session answers before its store has written: whoever follows at once would come too early. */
function settled(work: (done: (error?: unknown, value?: unknown) => void) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    work((error, value) => {
      if (error === undefined || error === null) resolve(value);
      else
        reject(
          fault('STATE_UNAVAILABLE', 'The session cannot be saved right now. Please try again in a moment.', error),
        );
    });
  });
}
