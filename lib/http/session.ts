/// <reference types="express-session" preserve="true" />
import type { Request } from 'express';
import type { ClientSession } from '../domain/client.ts';
import type { SignInRef } from '../domain/sign-in-record.ts';
import { fault, SmsOtpError } from '../errors.ts';

type Session = Request['session'];

/** An id and a tag, and with `currentUser` a keyed hash of whom the app has named. */
const REF = /^([\w-]{22})\.([\w-]{16})(?:\.([\w-]{22}))?$/;
/** Random bits that a form sends along. */
const FORM = /^[\w-]{16,64}$/;

/** The one place that reads and writes the app's session. Nothing in it changes while a sign-in goes on. */
export class Sessions {
  readonly #name: string;
  readonly #keep: readonly string[] | 'all';

  /**
   * @param name the session's key that is ours
   * @param keep which of the app's keys survive the change of session id at a sign-in
   */
  constructor(name: string, keep: readonly string[] | 'all') {
    this.#name = name;
    this.#keep = keep;
  }

  /** Other packages for sessions have no store, which a step up needs. */
  isThere({ session, sessionStore }: Request): boolean {
    return session !== undefined && session !== null && sessionStore !== undefined;
  }

  /**
   * The data of another version of this package is not understood: the sign-in starts again.
   *
   * @throws SmsOtpError `SESSION_MISSING`
   */
  read(req: Request): SignInRef | undefined {
    const value = entries(sessionOf(req))[this.#name];
    const [, id, tag, currentUser] = typeof value === 'string' ? (REF.exec(value) ?? []) : [];
    if (id === undefined || tag === undefined) return undefined;
    return { id, tag, ...(currentUser !== undefined && { currentUser }) };
  }

  /**
   * The session of one request, as the domain needs it.
   *
   * @param idAtFirst its id when the request passed the handler
   */
  of(req: Request, idAtFirst: string | undefined): ClientSession {
    return new RequestSession(req, idAtFirst, this);
  }

  /** A new session id: a person who planted or saw the old one has nothing. */
  async replace(req: Request, ref: SignInRef | undefined, keepsAll: boolean): Promise<void> {
    await this.#renew(req, this.#kept(req, keepsAll), ref);
  }

  /** The same, unless the app destroys the old session meanwhile: its sign-out wins, also one that comes while we save. */
  async succeed(req: Request, idAtFirst: string | undefined, ref: SignInRef, keepsAll: boolean): Promise<void> {
    const wasStored = this.#isKnown(req, idAtFirst);
    const oldId = req.sessionID;
    await this.#renew(req, this.#kept(req, keepsAll), ref, async () => {
      if (!wasStored || (await isInStore(req, oldId))) return;
      await settled((done) => req.sessionStore.destroy(req.sessionID, done)).catch(() => undefined);
      throw new SmsOtpError('SIGN_IN_REQUIRED');
    });
  }

  /** Leaves a new session without anything of before, as the rest of the app expects one. */
  async end(req: Request, ref: SignInRef | undefined): Promise<void> {
    await this.#renew(req, {}, ref);
  }

  async hold(req: Request, ref: SignInRef): Promise<void> {
    entries(sessionOf(req))[this.#name] = textOf(ref);
    // connect-redis 9 and 10 delete what is saved with an end that is over, and their touch leaves the end as it was written.
    await settled((done) => sessionOf(req).touch().save(done));
  }

  async #renew(
    req: Request,
    kept: object,
    ref: SignInRef | undefined,
    confirm = async (): Promise<void> => undefined,
  ): Promise<void> {
    const old = sessionOf(req);
    const oldId = req.sessionID;
    const isStored = hasCookieOf(req, oldId);
    req.sessionStore.generate(req);
    Object.assign(req.session, kept);
    if (ref === undefined) delete entries(req.session)[this.#name];
    else entries(req.session)[this.#name] = textOf(ref);
    try {
      // An empty session is not worth a place in the store.
      if (ref !== undefined || Object.keys(kept).length > 0) await settled((done) => req.session.save(done));
      await confirm();
    } catch (error) {
      // The old session is deleted only after the new one is written: it still holds what it held.
      req.sessionID = oldId;
      req.session = old;
      throw error;
    }
    // Its record has moved on: an old session that cannot be deleted just now opens nothing.
    if (isStored) await settled((done) => req.sessionStore.destroy(oldId, done)).catch(() => undefined);
  }

  #kept(req: Request, keepsAll: boolean): object {
    const keep = keepsAll ? 'all' : this.#keep;
    const before = Object.entries(entries(sessionOf(req)));
    return Object.fromEntries(before.filter(([key]) => key !== 'cookie' && (keep === 'all' || keep.includes(key))));
  }

  /** An app that signs people out destroys the session: to write it once more would bring back all that was in it. */
  async isStored(req: Request, idAtFirst: string | undefined): Promise<boolean> {
    return !this.#isKnown(req, idAtFirst) || (await isInStore(req, req.sessionID));
  }

  /** Whether the request has come with a session that holds a sign-in. One that is new in it may be in no store yet. */
  #isKnown(req: Request, idAtFirst: string | undefined): boolean {
    return this.read(req) !== undefined && idAtFirst === req.sessionID;
  }
}

/** The session of one request, as the domain needs it. */
class RequestSession implements ClientSession {
  readonly #req: Request;
  readonly #idAtFirst: string | undefined;
  readonly #sessions: Sessions;

  constructor(req: Request, idAtFirst: string | undefined, sessions: Sessions) {
    this.#req = req;
    this.#idAtFirst = idAtFirst;
    this.#sessions = sessions;
  }

  get scope(): string | undefined {
    const { sessionID, body } = this.#req;
    if (hasCookieOf(this.#req, sessionID)) return scopeOf(sessionID);
    const form: unknown = body?.form;
    return typeof form === 'string' && FORM.test(form) ? `form ${form}` : undefined;
  }

  get named(): readonly string[] {
    return namedSessions(this.#req);
  }

  isStored(): Promise<boolean> {
    return this.#sessions.isStored(this.#req, this.#idAtFirst);
  }

  hold(ref: SignInRef): Promise<void> {
    return this.#sessions.hold(this.#req, ref);
  }

  replace(ref: SignInRef, keepsAll: boolean): Promise<void> {
    return this.#sessions.replace(this.#req, ref, keepsAll);
  }

  succeed(ref: SignInRef, keepsAll: boolean): Promise<void> {
    return this.#sessions.succeed(this.#req, this.#idAtFirst, ref, keepsAll);
  }
}

export function misconfigured(message: string): SmsOtpError {
  return new SmsOtpError('MISCONFIGURED', message);
}

function textOf({ id, tag, currentUser }: SignInRef): string {
  return [id, tag, ...(currentUser === undefined ? [] : [currentUser])].join('.');
}

/** Whether the request came with the cookie of this session: it was stored before. */
export function hasCookieOf(req: Request, id: string): boolean {
  const cookies = req.get('cookie');
  return cookies !== undefined && (cookies.includes(id) || cookies.includes(encodeURIComponent(id)));
}

/** The cookie of the session may have any name; express-session has forgotten the id of one that is gone. */
function namedSessions(req: Request): readonly string[] {
  const signed = (req.get('cookie') ?? '').matchAll(/=s(?::|%3A)([^;]{1,200})\.[^.;]+/gi);
  return Array.from(signed, ([, id = '']) => scopeOf(decoded(id)));
}

function scopeOf(sessionId: string): string {
  return `session ${sessionId}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sessionOf(req: Request): Session {
  if (req.session === undefined || req.session === null || req.sessionStore === undefined) {
    throw new SmsOtpError('SESSION_MISSING');
  }
  return req.session;
}

function entries(session: Session): Record<string, unknown> {
  return session as unknown as Record<string, unknown>;
}

/** Stores of files say so. A socket that is not there says it, too, if the server is gone. */
export function saysNoSuchSession(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT' && !('address' in error);
}

async function isInStore(req: Request, id: string): Promise<boolean> {
  const get = (done: (error?: unknown, value?: unknown) => void) =>
    req.sessionStore.get(id, (error, found) => (saysNoSuchSession(error) ? done() : done(error, found)));
  return Boolean(await settled(get));
}

/** express-session answers before its store has written: a client that follows a redirect at once would come too early. */
function settled(work: (done: (error?: unknown, value?: unknown) => void) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(fault('STATE_UNAVAILABLE', error));
    try {
      // As to express-session, whatever is false is no error: some stores say so.
      work((error, value) => (error ? fail(error) : resolve(value)));
    } catch (error) {
      fail(error);
    }
  });
}
