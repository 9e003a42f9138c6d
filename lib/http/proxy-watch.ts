import type { Request } from 'express';

/** Notices a proxy that the app does not know of: all clients then look like one, and share its limits. */
export class ProxyWatch {
  readonly #warn: (message: string) => void;
  #problem: string | undefined;

  /** @param warn is told once */
  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  look(req: Request): void {
    const { 'x-forwarded-for': chain, forwarded } = req.headers;
    if ((chain ?? forwarded) === undefined || this.#problem !== undefined || req.app.get('trust proxy')) return;
    this.#problem =
      "Requests come through a proxy, but Express does not trust one: set app.set('trust proxy', …) to the number of " +
      'proxies, or all clients share the limits of one address.';
    this.#warn(this.#problem);
  }
}
