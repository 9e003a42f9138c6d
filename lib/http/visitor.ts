import type { Request } from 'express';
import type { SignIn } from '../domain/sign-in.ts';
import { addressBlockOf } from './address.ts';
import type { BrowserToken } from './browser-token.ts';
import type { CurrentUser } from './current-user.ts';
import type { Paths } from './paths.ts';
import { readRequestId } from './request-id.ts';

/** What is known of a visitor beside the request. */
export interface VisitorFacts {
  readonly paths: Paths;
  readonly browserToken: BrowserToken;
  readonly sessionId: string;
  /** The client's address, as Express says it (`trust proxy`). */
  readonly ip: string | undefined;
  /** What the session holds of this visitor's sign-in. */
  readonly signIn: SignIn | undefined;
  /** Named by the app's own login. */
  readonly named: CurrentUser | undefined;
}

/** Who is behind one request. What only a sign-in needs is worked out when it is asked for: the gate needs little. */
export class Visitor {
  readonly paths: Paths;
  readonly signIn: SignIn | undefined;
  readonly named: CurrentUser | undefined;
  readonly sessionId: string;
  /** The client's address, as Express says it (`trust proxy`). */
  readonly ip: string | undefined;
  readonly #req: Request;
  readonly #browserToken: BrowserToken;

  constructor(req: Request, { paths, browserToken, sessionId, ip, signIn, named }: VisitorFacts) {
    this.paths = paths;
    this.signIn = signIn;
    this.named = named;
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
