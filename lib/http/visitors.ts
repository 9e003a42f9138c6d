import type { Request } from 'express';
import type { Directory } from '../domain/fault.ts';
import type { FullStanding, SignIn, Standing } from '../domain/sign-in.ts';
import type { SignInPolicy } from '../domain/sign-in-policy.ts';
import { localeOf } from '../domain/user.ts';
import type { BrowserToken } from './browser-token.ts';
import { type CurrentUser, type Named, nameOf, readNamed } from './current-user.ts';
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
  readonly currentUser: ((req: Request) => Named | Promise<Named>) | undefined;
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
  }

  /** @throws SmsOtpError `SESSION_MISSING`, `MISCONFIGURED` */
  async of(req: Request): Promise<Visitor> {
    const mount = this.#mounts.get(req);
    if (mount === undefined) {
      throw misconfigured('This request never passed app.use(smsOtp(…)): put it before the routes that use its parts.');
    }
    const { sessions, policy, currentUser, browserToken } = this.#parts;
    // Read at once: a socket that is closed later forgets its address, and would be counted as nobody's.
    const { ip, sessionID: sessionId } = req;
    const paths = new Paths(mount, this.#parts.paths);
    const meet = (signIn: SignIn | undefined, named?: CurrentUser): Visitor =>
      new Visitor(req, { paths, browserToken, sessionId, ip, signIn, named });
    const signIn = sessions.read(req);
    if (currentUser === undefined) return meet(signIn);
    const named = readNamed(await currentUser(req));
    if (signIn !== undefined && named !== undefined && signIn.named === nameOf(named)) return meet(signIn, named);
    // Whoever the app's login does not name any longer has neither a pending code nor a grant.
    if (signIn !== undefined) await policy.end(signIn);
    return meet(undefined, named);
  }

  /** Where somebody stands who has passed a moment ago and has nothing pending; `undefined` where it must be asked. */
  seen(req: Request): Standing | undefined {
    const { sessions, policy, currentUser } = this.#parts;
    if (currentUser !== undefined || !this.#mounts.has(req) || !sessions.isThere(req)) return undefined;
    return policy.seen(sessions.read(req));
  }

  /** Asks the shared state only. */
  async standing(visitor: Visitor): Promise<Standing> {
    const standing = await this.#parts.policy.standing(visitor.signIn);
    return standing.stage === 'none' && visitor.named !== undefined ? { stage: 'send' } : standing;
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
    const { named } = visitor;
    const standing = await policy.standing(visitor.signIn);
    // Who is signed in at the app, and has nothing of ours that still holds, begins anew.
    if (named === undefined || standing.stage !== 'none') return policy.withNumbers(standing);
    const user = await directory.findUser('id' in named ? { id: named.id } : { username: named.username });
    if (user === undefined) return { stage: 'none', numbers: [] };
    const facts = { id: visitor.sessionId, subject: user.id, amr: named.amr ?? [], named: nameOf(named) };
    const signIn = await policy.begin({ ...facts, locale: localeOf(user) });
    return policy.decide({ stage: 'send', signIn }, user);
  }
}
