import type { Request } from 'express';
import type { Stage } from '../domain/sign-in-record.ts';
import { urlOf } from '../url.ts';

/** Percent-encoded, as it travels in links: long enough for any page, short enough for a header. */
const MAX_LENGTH = 2048;
/** Only its own origin matters: what leaves it was no path. */
const ORIGIN = 'http://own-origin.invalid';

export interface PathOptions {
  readonly basePath: string;
  readonly publicPath: string;
  readonly loginUrl?: string | undefined;
  readonly afterSignInUrl: string;
}

/** The public URLs of one mount of the handler. */
export class Paths {
  /** A prefix that a proxy strips: requests come without it, links need it. */
  readonly publicPath: string;
  readonly #mount: string;
  readonly #options: PathOptions;

  /** @param mount where the handler is mounted in the app */
  constructor(mount: string, options: PathOptions) {
    this.publicPath = options.publicPath;
    // With a wildcard in it, `//host` would lead to another site.
    this.#mount = mount.replace(/^[/\\]+/, '/');
    this.#options = options;
  }

  get base(): string {
    return this.publicPath + this.#mount + this.#options.basePath;
  }

  get login(): string {
    const { loginUrl } = this.#options;
    return loginUrl === undefined ? `${this.base}/login` : this.publicPath + loginUrl;
  }

  get account(): string {
    return `${this.base}/account`;
  }

  get afterSignIn(): string {
    return this.publicPath + this.#options.afterSignInUrl;
  }

  /** The page for somebody who is in: our own pages but the account's would only lead here again. */
  landing(returnTo: string | undefined): string {
    return returnTo === undefined || this.#leadsOn(returnTo) ? this.afterSignIn : returnTo;
  }

  /** Whether a path is one of our pages: those lead on from where a sign-in stands. */
  isOurs(path: string): boolean {
    return path === this.base || ['/', '?', '#'].some((end) => path.startsWith(this.base + end));
  }

  #leadsOn(path: string): boolean {
    return this.isOurs(path) && withoutSlash(path) !== this.account;
  }

  /** The page for a stage, which carries on where to go afterwards. */
  of(stage: Exclude<Stage, 'verified'>, returnTo: string | undefined): string {
    const page = stage === 'none' ? this.login : `${this.base}/${PAGES[stage]}`;
    return returnTo === undefined ? page : withQuery(page, 'returnTo', returnTo);
  }
}

const PAGES = { number: 'number', send: 'code', code: 'code', enroll: 'enroll' } as const;

/** The path of a request within our routes. A slash at its end makes no other path of it. */
export function pathIn({ path }: Request): string {
  return withoutSlash(path);
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** Adds a parameter to a path. */
export function withQuery(path: string, name: string, value: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}

/**
 * Where to go after the sign-in: a path on this site, as a browser would read it; `undefined` for anything else, as
 * `//evil.example`, `/\evil.example` or `https:evil.example`.
 */
export function readReturnTo(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(value)) return undefined;
  const url = urlOf(value, ORIGIN);
  if (url?.origin !== ORIGIN) return undefined;
  const { pathname, search, hash } = url;
  if (pathname.startsWith('//')) return undefined;
  const path = pathname + search + hash;
  return encodeURIComponent(path).length > MAX_LENGTH ? undefined : path;
}
