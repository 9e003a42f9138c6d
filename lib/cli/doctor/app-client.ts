/** The state of a sign-in, as `/session` answers it. */
interface State {
  readonly stage: string;
  readonly location: string;
}

/** An error of the HTTP API (RFC 9457). */
interface Problem {
  readonly code: string;
  readonly detail: string;
}

export interface AppAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly state?: State | undefined;
  readonly problem?: Problem | undefined;
}

/** A cookie as the app sets it, without its value. */
export interface SetCookie {
  readonly name: string;
  readonly attributes: ReadonlySet<string>;
  readonly sameSite: string | undefined;
  readonly path: string | undefined;
}

/** A program that asks the app, follows no redirect, and keeps its cookies. */
export class AppClient {
  readonly origin: string;
  readonly #base: string;
  readonly #timeoutMilliseconds: number;
  readonly #cookies = new Map<string, string>();

  /** @param base the public path of the routes, as `/auth` */
  constructor(origin: string, base: string, timeoutMilliseconds: number) {
    this.origin = origin;
    this.#base = base;
    this.#timeoutMilliseconds = timeoutMilliseconds;
  }

  async get(path: string): Promise<AppAnswer> {
    return this.#ask(this.origin + this.#base + path, { headers: { Accept: 'application/json' } });
  }

  /** As a browser opens a page. */
  async page(path: string | URL): Promise<AppAnswer> {
    const url = typeof path === 'string' ? this.origin + this.#base + path : path.href;
    return this.#ask(url, { headers: { Accept: 'text/html' } });
  }

  async post(path: string, fields: object, headers: Record<string, string> = {}): Promise<AppAnswer> {
    const json = { Accept: 'application/json', 'Content-Type': 'application/json', ...headers };
    const init = { method: 'POST', headers: json, body: JSON.stringify(fields) };
    return this.#ask(this.origin + this.#base + path, init);
  }

  async #ask(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<AppAnswer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, ...(cookie !== '' && { Cookie: cookie }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(this.#timeoutMilliseconds),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const { status, headers } = response;
    const body: unknown = await response.json().catch(() => undefined);
    return { status, headers, ...(isState(body) && { state: body }), ...(isProblem(body) && { problem: body }) };
  }

  #keep(line: string): void {
    const [, name, value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (name !== undefined) this.#cookies.set(name, value);
  }
}

/** The cookies that an answer sets, by name. */
export function cookiesOf({ headers }: AppAnswer): readonly SetCookie[] {
  return headers.getSetCookie().map((line) => {
    const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
    const attributes = new Map(
      rest.map((part): [string, string] => {
        const [key = '', value = ''] = part.split('=');
        return [key.toLowerCase(), value];
      }),
    );
    return {
      name: pair.split('=')[0] ?? '',
      attributes: new Set(attributes.keys()),
      sameSite: attributes.get('samesite')?.toLowerCase(),
      path: attributes.get('path'),
    };
  });
}

function isState(body: unknown): body is State {
  return isObject(body) && typeof body.stage === 'string' && typeof body.location === 'string' && !('code' in body);
}

function isProblem(body: unknown): body is Problem {
  return isObject(body) && typeof body.code === 'string' && typeof body.detail === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
