import type { Request } from 'express';
import type { Directory } from '../domain/fail-closed.ts';
import type { FullStanding, SignIn, Standing } from '../domain/sign-in.ts';
import type { SignInPolicy } from '../domain/sign-in-policy.ts';
import { localeOf } from '../domain/user.ts';
import type { BrowserToken } from './browser-token.ts';
import { type CurrentUser, type CurrentUserAnswer, keyOf, readCurrentUser } from './current-user.ts';
import { type PathOptions, Paths } from './paths.ts';
import type { Sessions } from './session.ts';
import { misconfigured } from './session-check.ts';
import { Visitor } from './visitor.ts';

export interface VisitorParts {
  readonly sessions: Sessions;
  readonly policy: SignInPolicy;
  readonly directory: Directory;
  readonly browserToken: BrowserToken;
  readonly paths: PathOptions;
  readonly currentUser: ((req: Request) => CurrentUserAnswer | Promise<CurrentUserAnswer>) | undefined;
}

/** Tells who is behind a request, each time anew: the app's login may have run in between. */
export class Visitors {
  readonly #parts: VisitorParts;
  /** Where the handler was mounted when the request passed it. */
  readonly #mounts = new WeakMap<Request, string>();

  constructor(parts: VisitorParts) {
    this.#parts = parts;
  }

  /** The request passes the handler. */
  enter(req: Request): void {
    this.#mounts.set(req, req.baseUrl);
    this.#parts.sessions.enter(req);
  }

  /** @throws SmsOtpError `SESSION_MISSING`, `MISCONFIGURED` */
  async of(req: Request): Promise<Visitor> {
    const mount = this.#mounts.get(req);
    if (mount === undefined) {
      throw misconfigured('This request never passed app.use(smsOtp(…)): put it before the routes that use its parts.');
    }
    const { sessions, policy, currentUser: askLogin, browserToken } = this.#parts;
    // Read at once: a socket that is closed later forgets its address, and would be counted as nobody's.
    const { ip, sessionID: sessionId } = req;
    const paths = new Paths(mount, this.#parts.paths);
    const meet = (signIn: SignIn | undefined, currentUser?: CurrentUser): Visitor =>
      new Visitor(req, { paths, browserToken, sessionId, ip, signIn, currentUser });
    const signIn = sessions.read(req);
    if (askLogin === undefined) return meet(signIn);
    const currentUser = readCurrentUser(await askLogin(req));
    const isSame = signIn !== undefined && currentUser !== undefined && signIn.currentUser === keyOf(currentUser);
    if (isSame) return meet(signIn, currentUser);
    // Whoever the app's login does not name any longer has neither a pending code nor a grant.
    if (signIn !== undefined) await policy.end(signIn);
    return meet(undefined, currentUser);
  }

  /** Behind a request of which nothing can be read: there is no session, or the handler was never reached. */
  stranger(req: Request): Visitor {
    const { browserToken, paths: options } = this.#parts;
    const { ip, sessionID: sessionId } = req;
    const paths = new Paths(this.#mounts.get(req) ?? req.baseUrl, options);
    return new Visitor(req, { paths, browserToken, sessionId, ip, signIn: undefined, currentUser: undefined });
  }

  /** Where somebody stands who has passed a moment ago and has nothing pending; `undefined` where it must be asked. */
  cached(req: Request): Standing | undefined {
    const { sessions, policy, currentUser } = this.#parts;
    if (currentUser !== undefined || !this.#mounts.has(req) || !sessions.isThere(req)) return undefined;
    return policy.cached(sessions.read(req));
  }

  /** Asks the shared state only. */
  async standing(visitor: Visitor): Promise<Standing> {
    const standing = await this.#parts.policy.standing(visitor.signIn);
    return standing.stage === 'none' && visitor.currentUser !== undefined ? { stage: 'send' } : standing;
  }

  /** Asks the directory only where the stage depends on it: whoever is signed in goes on without. */
  async settledStanding(visitor: Visitor): Promise<FullStanding> {
    const standing = await this.standing(visitor);
    const needsDirectory = standing.stage === 'send' && standing.grant === undefined;
    return needsDirectory ? this.fullStanding(visitor) : { ...standing, numbers: [] };
  }

  /** With the user's numbers, unless a code is pending: then the page does not need them. */
  async pageStanding(visitor: Visitor): Promise<FullStanding> {
    const standing = await this.settledStanding(visitor);
    const needsNumbers = standing.grant !== undefined && standing.challenge === undefined;
    return needsNumbers ? this.fullStanding(visitor) : standing;
  }

  /** Asks the directory, too. */
  async fullStanding(visitor: Visitor): Promise<FullStanding> {
    const { policy, directory } = this.#parts;
    const { currentUser } = visitor;
    const standing = await policy.standing(visitor.signIn);
    // Who is signed in at the app, and has nothing of ours that still holds, begins anew.
    if (currentUser === undefined || standing.stage !== 'none') return policy.withNumbers(standing);
    const { amr = [], ...key } = currentUser;
    const user = await directory.findUser(key);
    if (user === undefined) return { stage: 'none', numbers: [] };
    const facts = { id: visitor.sessionId, subject: user.id, amr, currentUser: keyOf(currentUser) };
    const signIn = await policy.begin({ ...facts, locale: localeOf(user) });
    return policy.decide({ stage: 'send', signIn }, user);
  }
}
