import type { Request, Response } from 'express';

/** As long as browsers keep a cookie at most. */
const MAX_AGE_MILLISECONDS = 400 * 24 * 60 * 60 * 1000;

/** The cookie by which a browser is known again. It opens and skips nothing. */
export class KnownBrowserCookie {
  readonly #name: string;

  /** @param name the instance's */
  constructor(name: string) {
    this.#name = `${name}.browser`;
  }

  /** A browser sends several of one name if another path or domain has set one, too. */
  read(req: Request): readonly string[] {
    const prefix = `${this.#name}=`;
    const cookies = (req.get('cookie') ?? '').split(';').map((cookie) => cookie.trim());
    return cookies.filter((cookie) => cookie.startsWith(prefix)).map((cookie) => cookie.slice(prefix.length));
  }

  write(req: Request, res: Response, token: string): void {
    const { secure } = req;
    res.cookie(this.#name, token, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: MAX_AGE_MILLISECONDS });
  }
}
