import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** Faults between the app and a server. */
export type Trouble =
  /** Nobody listens, and the connections that were are closed. */
  | 'refused'
  /** Takes connections and bytes, and hands on none. */
  | 'blackHole'
  /** Hands on at once what is asked, and 30 seconds later what is answered. */
  | 'slow'
  /** Ends each connection in the middle of an answer. */
  | 'cut'
  /**
   * Answers in the server's place, in a language that it does not speak, and ends the connection: node-redis 6 lets a
   * command wait without end if it cannot read the answer and the connection stays.
   */
  | 'garbage';

const HOST = '127.0.0.1';
const SLOW_MILLISECONDS = 30_000;
const GARBAGE = Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n\0\xff\x7f', 'latin1');

/** Bytes; inside the first answer even if several come together. */
const MIDDLE = 10;

/** A connection of the app, and the one to the server that belongs to it. */
interface Pair {
  readonly app: Socket;
  readonly server: Socket;
  /** Bytes that were lost on the way: neither side would understand what comes after it. */
  isBroken: boolean;
  /** Answers that are on their way, slowly. */
  readonly late: { readonly chunk: Buffer; readonly timer: NodeJS.Timeout }[];
}

/** A way to a server that can be in trouble. */
export class FaultyProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #target: NetConnectOpts;
  #trouble: Trouble | undefined;

  private constructor(server: Server, port: number, target: NetConnectOpts) {
    this.#server = server.on('connection', (app) => this.#join(app));
    this.port = port;
    this.#target = target;
  }

  static async start(target: NetConnectOpts): Promise<FaultyProxy> {
    const server = createServer().listen(0, HOST);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
    return new FaultyProxy(server, address.port, target);
  }

  /** Leads to another server from now on; those who are connected must connect anew. */
  leadTo(target: NetConnectOpts): void {
    this.#target = target;
    this.#endAll();
  }

  /** As a name that has moved: connections that are there stay. */
  leadNewOnesTo(target: NetConnectOpts): void {
    this.#target = target;
  }

  suffer(trouble: Trouble): void {
    this.#trouble = trouble;
    if (trouble !== 'refused') return;
    this.#server.close();
    this.#endAll();
  }

  /** All is well again; what was slow comes now, and a connection that lost bytes is reset. */
  async heal(): Promise<void> {
    const wasRefused = this.#trouble === 'refused';
    this.#trouble = undefined;
    if (wasRefused) await once(this.#server.listen(this.port, HOST), 'listening');
    for (const pair of this.#pairs) {
      for (const { chunk, timer } of pair.late.splice(0)) {
        clearTimeout(timer);
        pair.app.write(chunk);
      }
      if (pair.isBroken) end(pair);
    }
  }

  close(): void {
    this.#server.close();
    this.#endAll();
  }

  #endAll(): void {
    for (const pair of this.#pairs) end(pair);
  }

  #join(app: Socket): void {
    const pair: Pair = { app, server: connect(this.#target), isBroken: false, late: [] };
    this.#pairs.add(pair);
    for (const socket of [pair.app, pair.server]) {
      socket.setNoDelay();
      socket.on('error', () => end(pair)).on('close', () => end(pair));
    }
    pair.app.on('close', () => this.#pairs.delete(pair));
    pair.app.on('data', (chunk) => {
      if (this.#trouble === 'blackHole') pair.isBroken = true;
      else pair.server.write(chunk);
    });
    pair.server.on('data', (chunk) => this.#answer(pair, chunk));
  }

  #answer(pair: Pair, chunk: Buffer): void {
    const { app, late } = pair;
    if (this.#trouble === 'blackHole') pair.isBroken = true;
    else if (this.#trouble === 'garbage') app.end(GARBAGE);
    else if (this.#trouble === 'cut') app.end(chunk.subarray(0, Math.min(MIDDLE, chunk.length / 2)));
    else if (this.#trouble === 'slow') {
      const timer = setTimeout(() => app.write(late.shift()?.chunk ?? ''), SLOW_MILLISECONDS);
      late.push({ chunk, timer });
    } else app.write(chunk);
  }
}

function end({ app, server, late }: Pair): void {
  for (const { timer } of late.splice(0)) clearTimeout(timer);
  app.destroy();
  server.destroy();
}
