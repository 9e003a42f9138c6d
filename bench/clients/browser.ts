import { Agent, request } from 'node:http';

/** One person's browser: its cookies, over connections that all browsers share and that are kept alive. */
export class Browser {
  readonly #agent: Agent;
  readonly #urls: readonly string[];
  readonly #cookies = new Map<string, string>();
  #asked = 0;

  /** @param urls of the processes that serve it, in turn */
  constructor(urls: readonly string[], agent: Agent) {
    this.#urls = urls;
    this.#agent = agent;
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Rejects if the answer is not 200. */
  post(path: string, fields: object = {}): Promise<void> {
    return this.#ask('POST', path, JSON.stringify(fields));
  }

  get(path: string): Promise<void> {
    return this.#ask('GET', path, '');
  }

  #ask(method: string, path: string, body: string): Promise<void> {
    const type = body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const url = this.#urls[this.#asked++ % this.#urls.length] ?? '';
    const headers = { accept: 'application/json', cookie: this.cookie, origin: url, ...type };
    return new Promise((resolve, reject) => {
      const asked = request(url + path, { method, headers, agent: this.#agent }, (answer) => {
        const cookies = answer.headers['set-cookie'] ?? [];
        for (const cookie of cookies) this.#keep(cookie.split(';', 1)[0] ?? '');
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve();
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`));
        });
      });
      asked.on('error', reject).end(body);
    });
  }

  #keep(pair: string): void {
    const at = pair.indexOf('=');
    this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** So many connections, for all browsers together. */
export function connections(count: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: count, scheduling: 'fifo' });
}
