import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Express } from 'express';

/** The app on a port of loopback, for clients that send many requests at once. */
export async function listen(app: Express): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(app);
  // On a busy machine a client would send on a connection that is just being closed.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** A program with a cookie jar: what an answer sets is kept, and every request sends what was kept when it began. */
export class Client {
  readonly #cookies = new Map<string, string>();
  readonly #urls: readonly string[];
  #requests = 0;

  /** @param urls of the processes that serve it, in turn */
  constructor(urls: string | readonly string[]) {
    this.#urls = typeof urls === 'string' ? [urls] : urls;
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get session(): string | undefined {
    return this.#cookies.get('connect.sid');
  }

  /** Another client with the same cookies, whose first request goes to the next process. */
  copy(): Client {
    const other = new Client(this.#urls);
    for (const [name, value] of this.#cookies) other.#cookies.set(name, value);
    other.#requests = this.#requests++;
    return other;
  }

  /** Forgets the session, as a new window of the same browser. */
  forgetSession(): void {
    this.#cookies.delete('connect.sid');
  }

  post(path: string, fields: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#ask(path, { method: 'POST', body: JSON.stringify(fields), headers });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#ask(path, { method: 'GET', headers });
  }

  async #ask(path: string, init: RequestInit): Promise<Answer> {
    const own = { 'Content-Type': 'application/json', Accept: 'application/json', Cookie: this.cookie };
    const url = this.#urls[this.#requests++ % this.#urls.length] ?? '';
    const response = await fetch(url + path, {
      ...init,
      headers: { ...own, ...init.headers },
      redirect: 'manual',
    });
    const { status, headers } = response;
    for (const cookie of headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';', 1);
      const [name = ''] = pair.split('=', 1);
      this.#cookies.set(name, pair.slice(name.length + 1));
    }
    const body = (await response.json()) as Record<string, unknown>;
    // The messages that the process sent to its parent before this answer are heard by then, too.
    await immediate();
    return { status, code: typeof body.code === 'string' ? body.code : undefined, body, headers };
  }
}
