import type { Request } from 'express';
import type { Client, ClientSession } from '../domain/client.ts';
import type { Keyring } from '../domain/keyring.ts';
import type { SignInEnd } from '../domain/sign-in-end.ts';
import type { SignInFlow, SignInFlows, Visit } from '../domain/sign-in-flow.ts';
import type { NamedUser } from '../domain/user.ts';
import type { KnownBrowserCookie, TrustCookie } from './browser-cookies.ts';
import { type PathOptions, Paths } from './paths.ts';
import { addressBlockOf, browserLabel, requestFacts } from './request.ts';
import { misconfigured, type Sessions } from './session.ts';

/** The user that the app's own login names; `amr` (RFC 8176) tells how it knows. */
export type CurrentUser = ({ readonly id: string } | { readonly username: string }) & {
  readonly amr?: readonly string[];
};

/** The answers of `currentUser`: `undefined`, and whatever else is false, names nobody. */
export type CurrentUserAnswer = CurrentUser | undefined | null | false | '' | 0;

/** The person behind one request. */
export interface Visitor extends Visit {
  readonly req: Request;
  readonly paths: Paths;
}

export interface VisitorDeps {
  readonly sessions: Sessions;
  readonly keyring: Keyring;
  readonly flows: SignInFlows;
  readonly ends: SignInEnd;
  readonly browserCookie: KnownBrowserCookie;
  readonly trustCookie: TrustCookie;
  readonly paths: PathOptions;
  readonly currentUser: ((req: Request) => CurrentUserAnswer | Promise<CurrentUserAnswer>) | undefined;
}

/** A request that has passed the handler. */
interface Passed {
  /** Where the handler was mounted then. */
  readonly mount: string;
  /** The session's id then. */
  readonly sessionId: string | undefined;
  /** The result of an action, so that its answer needs no other look. */
  flow: SignInFlow | undefined;
}

/** Tells who is behind a request, each time anew: the app's login may have run in between. */
export class Visitors {
  readonly #deps: VisitorDeps;
  /** One for all that is to be remembered: each costs the garbage collector as much as the rest of a gate. */
  readonly #passed = new WeakMap<Request, Passed>();

  constructor(deps: VisitorDeps) {
    this.#deps = deps;
  }

  /** The request passes the handler. */
  attach(req: Request): void {
    this.#passed.set(req, { mount: req.baseUrl, sessionId: req.sessionID, flow: undefined });
  }

  /** @throws SmsOtpError `SESSION_MISSING`, `MISCONFIGURED` */
  async resolve(req: Request): Promise<Visitor> {
    const passed = this.#passed.get(req);
    if (passed === undefined) {
      throw misconfigured('This request never passed app.use(smsOtp(…)): put it before the routes that use its parts.');
    }
    const { sessions, ends, currentUser: askLogin } = this.#deps;
    const ref = sessions.read(req);
    const visitor = this.#visitor(req, passed);
    if (askLogin === undefined) return { ...visitor, ref };
    const currentUser = this.#named(readCurrentUser(await askLogin(req)));
    const isSame = ref !== undefined && currentUser !== undefined && ref.currentUser === currentUser.hash;
    if (isSame) return { ...visitor, ref, currentUser };
    // A person whom the app's login does not name any longer has neither a pending code nor a grant.
    if (ref !== undefined) await ends.signOut(ref, true);
    return { ...visitor, currentUser };
  }

  /** Behind a request of which nothing can be read: there is no session, or the handler was never reached. */
  anonymous(req: Request): Visitor {
    return this.#visitor(req, this.#passed.get(req) ?? { mount: req.baseUrl, sessionId: undefined, flow: undefined });
  }

  /** Where somebody stands who has passed a moment ago; `undefined` if it must be looked up. */
  cached(req: Request): SignInFlow | undefined {
    const { sessions, flows, currentUser } = this.#deps;
    if (currentUser !== undefined || !this.#passed.has(req) || !sessions.isThere(req)) return undefined;
    const ref = sessions.read(req);
    return ref === undefined ? undefined : flows.cached(ref);
  }

  /** Notes the result of an action. */
  note({ req }: Visitor, flow: SignInFlow): void {
    const passed = this.#passed.get(req);
    if (passed !== undefined) passed.flow = flow;
  }

  noted({ req, ref }: Visitor): SignInFlow | undefined {
    const flow = this.#passed.get(req)?.flow;
    return flow?.signIn !== undefined && flow.signIn.ref.id === ref?.id ? flow : undefined;
  }

  #visitor(req: Request, { mount, sessionId }: Passed): Visitor {
    const client = new RequestClient(req, sessionId, this.#deps);
    return { req, paths: new Paths(mount, this.#deps.paths), ref: undefined, currentUser: undefined, client };
  }

  #named(user: CurrentUser | undefined): NamedUser | undefined {
    if (user === undefined) return undefined;
    const { amr = [], ...key } = user;
    const name = 'id' in key ? `id:${key.id}` : `username:${key.username}`;
    return { key, amr, hash: this.#deps.keyring.hash('user', name) };
  }
}

/** A class, since most is asked for by few requests: V8 looks up anew what is read of an object with getters of its own. */
class RequestClient implements Client {
  readonly address?: string;
  readonly requestId?: string;
  readonly #req: Request;
  readonly #sessionId: string | undefined;
  readonly #deps: VisitorDeps;

  constructor(req: Request, sessionId: string | undefined, deps: VisitorDeps) {
    // Read at once: a socket that is closed later forgets its address, and would be counted as nobody's.
    Object.assign(this, requestFacts(req));
    this.#req = req;
    this.#sessionId = sessionId;
    this.#deps = deps;
  }

  get addressBlock(): string {
    return addressBlockOf(this.address);
  }

  get tokens(): readonly string[] {
    return this.#deps.browserCookie.read(this.#req);
  }

  get trustTokens(): readonly string[] {
    return this.#deps.trustCookie.read(this.#req);
  }

  get browserLabel(): string {
    return browserLabel(this.#req);
  }

  get languages(): readonly string[] {
    return this.#req.acceptsLanguages();
  }

  get session(): ClientSession {
    return this.#deps.sessions.of(this.#req, this.#sessionId);
  }
}

/** Apps write `req.user && { … }`: whatever names nobody is nobody. */
function readCurrentUser(answer: unknown): CurrentUser | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { id, username, amr } = answer as Partial<Record<'id' | 'username' | 'amr', unknown>>;
  const methods = Array.isArray(amr) ? { amr: amr.map(String) } : {};
  for (const name of [id, username]) {
    if (name !== undefined && name !== null && typeof name !== 'string') {
      throw misconfigured('currentUser must answer { id } or { username }, and both are texts.');
    }
  }
  if (typeof id === 'string' && id !== '') return { id, ...methods };
  return typeof username === 'string' && username !== '' ? { username, ...methods } : undefined;
}
