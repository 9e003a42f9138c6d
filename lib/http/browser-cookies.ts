import type { Request, Response } from 'express';
import type { TrustToken } from '../domain/trusted-browser.ts';

/** As long as browsers keep a cookie at most. */
const MAX_AGE_MILLISECONDS = 400 * 24 * 60 * 60 * 1000;

/** The cookie by which a browser is known again. It opens and skips nothing. */
export class KnownBrowserCookie {
  readonly #name: string;

  /** @param name the instance's */
  constructor(name: string) {
    this.#name = `${name}.browser`;
  }

  read(req: Request): readonly string[] {
    return cookiesOf(req, this.#name);
  }

  write(req: Request, res: Response, token: string): void {
    const { secure } = req;
    res.cookie(this.#name, token, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: MAX_AGE_MILLISECONDS });
  }
}

/** People who share a browser; the one who has not signed in for longest makes room. */
const MOST_TOKENS = 5;
/** Longer ones are none of ours. */
const MAX_LENGTH = 400;

/** The cookie of a trusted browser: a token for each person who trusts it. It is looked at only after the password. */
export class TrustCookie {
  readonly #name: string;

  /** @param name the instance's */
  constructor(name: string) {
    this.#name = `${name}.trusted`;
  }

  read(req: Request): readonly string[] {
    const values = cookiesOf(req, this.#nameFor(req));
    return [...new Set(values.filter(({ length }) => length <= MAX_LENGTH).flatMap((value) => value.split('~')))];
  }

  /** The others' tokens stay. */
  write(req: Request, res: Response, { token, replaces, milliseconds }: TrustToken): void {
    const others = this.read(req).filter((other) => other !== '' && !replaces.includes(other));
    const value = [token, ...others].slice(0, MOST_TOKENS).join('~');
    const { secure } = req;
    res.cookie(this.#nameFor(req), value, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: milliseconds });
  }

  /** On https no other host of the domain can plant one (RFC 6265bis, 4.1.3.2). */
  #nameFor({ secure }: Request): string {
    return secure ? `__Host-${this.#name}` : this.#name;
  }
}

/** A browser sends several of one name if another path or domain has set one, too. */
function cookiesOf(req: Request, name: string): readonly string[] {
  const cookies = (req.get('cookie') ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.filter((cookie) => cookie.startsWith(`${name}=`)).map((cookie) => cookie.slice(name.length + 1));
}
