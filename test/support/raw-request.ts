import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawRequest {
  readonly method?: string;
  /** As it goes over the wire: nothing is resolved, decoded or escaped. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** At most this many at once, each connection used again: for attackers with thousands of requests. */
const CONNECTIONS = new Agent({ keepAlive: true, maxSockets: 100 });

/** A request that no client library sends: any path, any header. */
export function rawRequest(url: string, { method = 'GET', path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const ours = request(url, { agent: CONNECTIONS, method, path, headers }, async (answer) => {
      try {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) });
      } catch (error) {
        reject(error);
      }
    });
    ours.on('error', reject).end(body);
  });
}
