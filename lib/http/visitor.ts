import type { Request } from 'express';
import type { SignIn } from '../domain/sign-in.ts';
import { addressBlockOf } from './address.ts';
import type { BrowserToken } from './browser-token.ts';
import type { CurrentUser } from './current-user.ts';
import type { Paths } from './paths.ts';
import { readRequestId } from './request-id.ts';

/** What is known of a visitor beside the request. */
export interface VisitorFacts extends Pick<Visitor, 'paths' | 'signIn' | 'currentUser' | 'sessionId' | 'ip'> {
  readonly browserToken: BrowserToken;
}

/** Who is behind one request. What only a sign-in needs is worked out when it is asked for: the gate needs little. */
export class Visitor {
  readonly paths: Paths;
  /** What the session holds of this visitor's sign-in. */
  readonly signIn: SignIn | undefined;
  /** Named by the app's own login. */
  readonly currentUser: CurrentUser | undefined;
  readonly sessionId: string;
  /** The client's address, as Express says it (`trust proxy`). */
  readonly ip: string | undefined;
  readonly #req: Request;
  readonly #browserToken: BrowserToken;

  constructor(req: Request, { paths, browserToken, sessionId, ip, signIn, currentUser }: VisitorFacts) {
    this.paths = paths;
    this.signIn = signIn;
    this.currentUser = currentUser;
    this.sessionId = sessionId;
    this.ip = ip;
    this.#req = req;
    this.#browserToken = browserToken;
  }

  /** What the app or its proxy calls the request. */
  get requestId(): string | undefined {
    return readRequestId(this.#req);
  }

  /** What the client's address is counted under. */
  get addressBlock(): string {
    return addressBlockOf(this.ip);
  }

  /** What a known browser presents. */
  get token(): string | undefined {
    return this.#browserToken.read(this.#req);
  }

  /** What the browser wishes, best first. */
  get languages(): readonly string[] {
    return this.#req.acceptsLanguages();
  }
}
