import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOOPBACK } from '../../url.ts';
import { refuseProduction } from '../refuse-production.ts';
import type { ReceivedMessage } from '../smsc/messages.ts';
import type { SmscSimulator } from '../smsc/smsc.ts';

// A page of another site can make its own name resolve to this address, but cannot choose the Host header.
const OWN_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

const MOST_UNREAD_BYTES = 1024 * 1024;

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// In the package the text is in the code: the build puts it there.
const ASSETS = new Map([
  ['/', { text: readFileSync(new URL('./assets/inbox.html', import.meta.url), 'utf8'), type: 'text/html' }],
  ['/inbox.css', { text: readFileSync(new URL('./assets/inbox.css', import.meta.url), 'utf8'), type: 'text/css' }],
  ['/inbox.js', { text: readFileSync(new URL('./assets/inbox.js', import.meta.url), 'utf8'), type: 'text/javascript' }],
  [
    '/network.js',
    { text: readFileSync(new URL('./assets/network.js', import.meta.url), 'utf8'), type: 'text/javascript' },
  ],
  ['/inbox.svg', { text: readFileSync(new URL('./assets/inbox.svg', import.meta.url), 'utf8'), type: 'image/svg+xml' }],
]);

type Smsc = Pick<SmscSimulator, 'messages' | 'onMessage' | 'behaviours' | 'behave'>;

/** The options of `startInbox()`. */
export interface InboxOptions {
  /** The SMSC whose messages the page shows and whose behaviour it sets. */
  readonly smsc: Smsc;
  /**
   * The port to listen on.
   *
   * @default any free one
   */
  readonly port?: number;
}

/** A phone as a web page. */
export interface Inbox {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Closes every connection and the port; the SMSC stays open. */
  close(): Promise<void>;
}

/**
 * Starts the phone: a web page on loopback that shows messages as they arrive and tells the SMSC how to treat the next.
 * For programs, `GET /messages` lists messages as JSON, newest last, and `/behaviour` reads and sets the behaviour.
 *
 * @throws Error if the port is taken, or if `NODE_ENV` is `production`.
 */
export async function startInbox({ smsc, port = 0 }: InboxOptions): Promise<Inbox> {
  refuseProduction('inbox');
  const server = createServer((request, response) => {
    // A client that disconnects inside its body gets no answer.
    answer(request, response, smsc).catch(() => response.destroy());
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${ownPort}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, smsc: Smsc): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const methods = path === '/behaviour' ? ['GET', 'POST'] : ['GET'];
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (!OWN_HOST.test(request.headers.host ?? '')) refuse(response, 403);
  else if (!methods.includes(request.method ?? '')) refuse(response.setHeader('Allow', methods.join(', ')), 405);
  else if (path === '/behaviour') await answerBehaviour(request, response, smsc);
  else if (path === '/messages') sendMessages(response, smsc.messages);
  else if (path === '/events') sendEvents(response, smsc);
  else if (!sendAsset(response, path)) refuse(response, 404);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function sendMessages(response: ServerResponse, messages: readonly ReceivedMessage[]): void {
  const shown = messages.map(({ to, from, text, receivedAt, status }) => ({ to, from, text, receivedAt, status }));
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(shown));
}

/** Server-sent events: first all messages, then each message that arrives or changes. */
function sendEvents(response: ServerResponse, smsc: Smsc): void {
  const send = (event: string, data: unknown): void => {
    // A page that does not read is disconnected; it connects again and gets all messages then.
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  response.setHeader('Content-Type', 'text/event-stream');
  send('all', smsc.messages);
  const stop = smsc.onMessage((message) => send('one', message));
  response.on('close', stop);
}

/** Answers with the inbox page or one of its files; false if no file has that path. */
function sendAsset(response: ServerResponse, path: string | undefined): boolean {
  const asset = ASSETS.get(path ?? '');
  if (asset === undefined) return false;
  response.setHeader('Content-Type', `${asset.type}; charset=utf-8`);
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  response.end(asset.text);
  return true;
}

const LONGEST_BODY_BYTES = 16 * 1024;

/** `GET /behaviour` returns the SMSC's behaviours, `POST /behaviour` sets them: JSON, one behaviour or several. */
async function answerBehaviour(
  request: IncomingMessage,
  response: ServerResponse,
  smsc: Pick<SmscSimulator, 'behave' | 'behaviours'>,
): Promise<void> {
  if (request.method === 'POST') {
    const { status, reason } = await tell(request, smsc);
    if (status !== 200) {
      // The rest of the body is not read, so the connection cannot be used again.
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(reason);
      return;
    }
  }
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(smsc.behaviours));
}

async function tell(
  request: IncomingMessage,
  smsc: Pick<SmscSimulator, 'behave'>,
): Promise<{ status: number; reason?: string }> {
  if (!isSameOrigin(request)) return { status: 403 };
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return { status: 415 };
  const body = await readBody(request);
  if (body === undefined) return { status: 413 };
  try {
    const told: unknown = JSON.parse(body);
    smsc.behave(...(Array.isArray(told) ? told : [told]));
    return { status: 200 };
  } catch (error) {
    return { status: 400, reason: error instanceof Error ? error.message : '' };
  }
}

/** A page of another site can also send here; a program sends neither header. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site = 'none' } = headers;
  const isOwn = origin === undefined || origin === `http://${host}`;
  return isOwn && (site === 'same-origin' || site === 'none');
}

/** `undefined` if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > LONGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
