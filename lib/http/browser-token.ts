import type { Request, Response } from 'express';

/** As long as browsers keep a cookie at most. */
const MAX_AGE_MILLISECONDS = 400 * 24 * 60 * 60 * 1000;

/** The cookie by which a browser is known again. It opens and skips nothing. */
export class BrowserToken {
  readonly #name: string;

  /** @param name the instance's */
  constructor(name: string) {
    this.#name = `${name}.browser`;
  }

  read(req: Request): string | undefined {
    const cookies = (req.get('cookie') ?? '').split(';').map((cookie) => cookie.trim());
    return cookies.find((cookie) => cookie.startsWith(`${this.#name}=`))?.slice(this.#name.length + 1);
  }

  write(req: Request, res: Response, token: string): void {
    const { secure } = req;
    res.cookie(this.#name, token, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: MAX_AGE_MILLISECONDS });
  }
}
