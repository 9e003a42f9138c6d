import type { Socket } from 'node:net';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { CodeLength } from '../domain/challenge.ts';
import { type EventFacts, eventFactsOf } from '../domain/event-facts.ts';
import type { Clock } from '../domain/ports.ts';
import type { SecondFactor } from '../domain/second-factor.ts';
import type { User } from '../domain/user.ts';
import { SmsOtpError } from '../errors.ts';
import type { Notify, RequestMessage } from '../events.ts';
import type { Logger } from '../log.ts';
import type { Render } from '../views.ts';
import type { KnownBrowserCookie, TrustCookie } from './browser-cookies.ts';
import { assertSameOrigin } from './headers.ts';
import { requestFacts } from './request.ts';
import type { Sessions } from './session.ts';
import type { SetupWatch } from './setup.ts';
import type { Visitor, Visitors } from './visitor.ts';

/** The dependencies that the middlewares of one instance share; put together once, nothing about one sign-in is in it. */
export interface Deps {
  readonly config: HttpConfig;
  readonly domain: SecondFactor;
  readonly clock: Clock;
  readonly notify: Notify;
  /** Tells what became of a request to one of the middlewares. */
  readonly onRequest: (action: string, outcome: RequestMessage['outcome']) => void;
  readonly isClosing: () => boolean;
  readonly visitors: Visitors;
  readonly sessions: Sessions;
  readonly browserCookie: KnownBrowserCookie;
  readonly trustCookie: TrustCookie;
  readonly responses: OpenResponses;
  readonly setupWatch: SetupWatch;
  readonly render: Render;
  /** Without the app's own pages, in case those fail. */
  readonly renderOurs: Render;
  readonly assets: Readonly<Record<string, string>>;
}

/** The options that answers depend on. */
interface HttpConfig {
  readonly acr: string;
  readonly appName: string;
  readonly codeLength: CodeLength;
  readonly requiredFor: (user: User, req: Request) => boolean | Promise<boolean>;
  /** The site's public origin; without it, `Origin` must match `Host`. */
  readonly origin?: string | undefined;
  readonly trustedOrigins: readonly string[];
  readonly logger: Logger;
  /** A prefix that a proxy strips. */
  readonly publicPath: string;
  /** The app's own stylesheet: a path in the app, or what is in it. */
  readonly styles?: { readonly url: string } | { readonly css: string } | undefined;
}

/** The app's own rule: a user whom it exempts needs no code. If it throws, the request is refused. */
export async function isExempt({ config }: Deps, user: User, req: Request): Promise<boolean> {
  return (await config.requiredFor(user, req)) === false;
}

/** A middleware under its own name, for stack traces. Its errors go to `next`; faults are told as events. */
export function handler(
  deps: Deps,
  name: string,
  work: (req: Request, res: Response, next: NextFunction) => Promise<void>,
): RequestHandler {
  const handle: RequestHandler = async (req, res, next) => {
    try {
      await work(req, res, next);
      deps.onRequest(name, 'ok');
    } catch (error) {
      deps.onRequest(name, error instanceof SmsOtpError ? error.code : 'error');
      next(toNextError(deps, req, error));
    }
  };
  return Object.defineProperty(handle, 'name', { value: name });
}

/** The thrown value, as `next` takes it. */
export function toNextError(deps: Deps, req: Request, error: unknown): object {
  if (error instanceof SmsOtpError && error.status >= 500) {
    deps.notify('fault', { ...eventFactsOf(deps.clock, undefined, requestFacts(req)), code: error.code, error });
  }
  // An app's callback may reject with nothing at all, or with 'route': Express would let the request pass.
  return typeof error === 'object' && error !== null ? error : new Error('The thrown value is no Error.');
}

/**
 * A middleware that changes something and decides: it calls `next()` or `next(error)`. It is refused while closing down,
 * and if another site sent the request.
 */
export function action(deps: Deps, name: string, work: (req: Request, res: Response) => Promise<void>): RequestHandler {
  return handler(deps, name, async (req, res, next) => {
    if (deps.isClosing()) {
      throw new SmsOtpError('SHUTTING_DOWN', {
        retryAfterSeconds: 5,
      });
    }
    deps.responses.add(res);
    assertSameOrigin(req, deps.config);
    await work(req, res);
    next();
  });
}

/** The fields of an event that tell of its request. */
export function eventFacts(deps: Deps, { req }: Visitor, userId: string | undefined): EventFacts {
  return eventFactsOf(deps.clock, userId, requestFacts(req));
}

/** Requests whose work has begun: what their answers need is not closed before those are out. */
export class OpenResponses {
  readonly #answers = new Map<Socket, Set<Response>>();
  readonly #waiting: (() => void)[] = [];

  add(res: Response): void {
    const { socket } = res.req;
    // A client that is gone already gets no answer, and Node.js does not say so again; a stand-in for a socket, as serverless
    // platforms have, says nothing at all.
    if (socket.destroyed || socket.once === undefined) return;
    const answers = this.#answers.get(socket) ?? this.#watch(socket);
    answers.add(res);
    res.once('close', () => {
      answers.delete(res);
      this.#look();
    });
  }

  /** Resolves when all that began so far are answered, or their clients gone. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#look();
    });
  }

  /** An answer that waits for others on its connection (pipelining) does not hear of the connection's end. */
  #watch(socket: Socket): Set<Response> {
    const answers = new Set<Response>();
    this.#answers.set(socket, answers);
    socket.once('close', () => {
      this.#answers.delete(socket);
      this.#look();
    });
    return answers;
  }

  #look(): void {
    if (this.#waiting.length === 0 || [...this.#answers.values()].some(({ size }) => size > 0)) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
