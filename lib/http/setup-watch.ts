import type { Request, Response } from 'express';
import { hasCookieOf } from './session.ts';

const SIGNS_OUT =
  'An answer that was asked for before a right code, and comes after it, then gives the browser another session: the person is signed out.';

/** Notices from requests what is wrong with how the app is set up; each is told once. */
export class SetupWatch {
  readonly #warn: (message: string) => void;
  readonly #told = new Set<string>();
  #proxyProblem: string | undefined;

  /** @param warn tells the operator */
  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** A proxy that the app does not know of: all clients then look like one, and share its limits. */
  get proxyProblem(): string | undefined {
    return this.#proxyProblem;
  }

  lookForProxy(req: Request): void {
    const { 'x-forwarded-for': chain, forwarded } = req.headers;
    if ((chain ?? forwarded) === undefined || this.#proxyProblem !== undefined || req.app.get('trust proxy')) return;
    this.#proxyProblem =
      "Requests come through a proxy, but Express does not trust one: set app.set('trust proxy', …) to the number of " +
      'proxies, or all clients share the limits of one address.';
    this.#warn(this.#proxyProblem);
  }

  /** An answer that changes nothing in a session, and sets its cookie all the same. */
  lookForCookie(req: Request, res: Response): void {
    const known = hasCookieOf(req, req.sessionID);
    res.once('finish', () => {
      if (!setsCookie(res, req.sessionID)) return;
      if (known) {
        this.#tellOnce(
          'The session cookie is set again by answers that change nothing (rolling: true of express-session, or the app ' +
            `writes into each session). ${SIGNS_OUT} Set rolling: false.`,
        );
      } else if (isEmpty(req.session)) {
        this.#tellOnce(
          'The session cookie is set for visitors of whom there is nothing to keep (saveUninitialized: true, the default ' +
            `of express-session). ${SIGNS_OUT} Set saveUninitialized: false.`,
        );
      }
    });
  }

  #tellOnce(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#warn(message);
  }
}

function setsCookie(res: Response, sessionId: string): boolean {
  const cookies = [res.getHeader('set-cookie') ?? []].flat().map(String);
  return cookies.some((cookie) => cookie.includes(sessionId) || cookie.includes(encodeURIComponent(sessionId)));
}

function isEmpty(session: object | undefined): boolean {
  return Object.keys(session ?? {}).every((key) => key === 'cookie');
}
