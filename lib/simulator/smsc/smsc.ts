import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { decode, Framer } from '../../smpp/pdu.ts';
import { LOOPBACK } from '../../url.ts';
import { refuseProduction } from '../refuse-production.ts';
import { type Behaviour, SmscBehaviours } from './behaviour.ts';
import { MessageAssembler, MessageLog, type ReceivedMessage, SmscRecords, type SubmitRecord } from './messages.ts';
import { SmscSession } from './session.ts';
import { type SmscCredentials, SmscSessions, type SmscState } from './sessions.ts';

/** All in PEM. With `ca` a client needs a certificate of that authority. */
export interface SmscTls {
  /** The server's certificate. */
  readonly cert: string;
  /** Its key. */
  readonly key: string;
  /** The authority whose certificates clients must show. @default none is asked for */
  readonly ca?: string;
}

/** The options of `startSmsc()`. */
export interface SmscOptions extends SmscCredentials {
  /** The port on loopback. @default any free one */
  readonly port?: number;
  /** Also a wrong certificate, to see it refused. @default none, and so no TLS */
  readonly tls?: SmscTls;
}

/** An operator's server on loopback that shows what it got and misbehaves on command. */
export interface SmscSimulator {
  /** `smpp://127.0.0.1:PORT`, or `smpps://…`, with the credentials if there are any. */
  readonly url: string;
  /** Oldest first, the last 1000. */
  readonly messages: readonly ReceivedMessage[];
  /** The last 1000 PDUs on the wire. */
  readonly submits: readonly SubmitRecord[];
  /** The bind requests, the last 1000. */
  readonly binds: readonly SubmitRecord[];
  /** The behaviours from `behave`, with what is left of them. */
  readonly behaviours: readonly Behaviour[];
  /** Calls back for each message as it arrives, and again when its status changes; returns the way to stop. */
  onMessage(listener: (message: ReceivedMessage) => void): () => void;
  /** The next message to this number that was not yet taken; waits up to 5000 ms, or the given time. */
  nextMessage(to: string, timeoutMilliseconds?: number): Promise<ReceivedMessage>;
  /**
   * From now on, in place of what was said before; without any it is an SMSC that works. Of several, each message gets
   * the first that is left.
   *
   * @throws TypeError with all problems.
   */
  behave(...behaviours: readonly Behaviour[]): void;
  /** Asks every client that is bound, and resolves once each has answered or is gone. */
  ask(command: 'enquire_link' | 'unbind'): Promise<void>;
  /** Closes every connection; new ones are welcome. */
  dropConnections(): void;
  /** Closes every connection and the port, and rejects every wait for a message. */
  close(): Promise<void>;
}

/**
 * Starts an SMSC on loopback that takes every message and shows what it got, for development and tests.
 *
 * @throws Error if `NODE_ENV` is `production`, or if the port is taken
 */
export async function startSmsc(options: SmscOptions = {}): Promise<SmscSimulator> {
  refuseProduction('SMSC');
  const smsc = newState(options);
  const { behaviours, messages, records, sessions } = smsc;
  const server = new SmscServer(smsc, options.tls);
  const port = await server.listen(options.port ?? 0);
  return {
    url: urlOf(port, options),
    messages: messages.all,
    submits: records.submits,
    binds: records.binds,
    get behaviours() {
      return behaviours.left;
    },
    onMessage: (listener) => messages.onMessage(listener),
    nextMessage: (to, timeoutMilliseconds = 5000) => messages.next(to, timeoutMilliseconds),
    behave(...told) {
      behaviours.replace(told);
      if (behaviours.forConnections.isDown) server.dropConnections();
    },
    ask: (command) => sessions.ask(command),
    dropConnections: () => server.dropConnections(),
    async close() {
      messages.close();
      await server.close();
    },
  };
}

function newState(credentials: SmscCredentials): SmscState {
  const messages = new MessageLog();
  return {
    behaviours: new SmscBehaviours(),
    messages,
    assembler: new MessageAssembler(messages),
    records: new SmscRecords(),
    sessions: new SmscSessions(),
    credentials,
  };
}

function urlOf(port: number, { systemId, password = '', tls }: SmscOptions): string {
  const credentials = systemId === undefined ? '' : `${encodeURIComponent(systemId)}:${encodeURIComponent(password)}@`;
  return `${tls === undefined ? 'smpp' : 'smpps'}://${credentials}${LOOPBACK}:${port}`;
}

/** The simulator's port on loopback: bytes in, PDUs to a session each. */
class SmscServer {
  readonly #server: Server;
  readonly #smsc: SmscState;
  readonly #sockets = new Set<Socket>();

  constructor(smsc: SmscState, tls: SmscTls | undefined) {
    this.#smsc = smsc;
    this.#server = tls === undefined ? createServer() : createTlsServer({ ...tls, requestCert: tls.ca !== undefined });
    this.#server.on('connection', (socket) => this.#admit(socket));
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket) => this.#serve(socket));
  }

  /** Gives the port. Rejects if it is taken. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, LOOPBACK);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' ? (address?.port ?? port) : port;
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Before TLS: also a connection that never gets so far is closed in the end. */
  #admit(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
    if (this.#smsc.behaviours.forConnections.isDown) socket.destroy();
  }

  #serve(socket: Socket): void {
    const { sessions } = this.#smsc;
    const session = new SmscSession(socket, this.#smsc);
    const framer = new Framer();
    sessions.add(session);
    socket.setNoDelay(); // else a receipt waits 40 ms behind its answer
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of framer.push(chunk)) session.receive(decode(frame));
      } catch {
        socket.destroy(); // there is no telling where the next PDU begins
      }
    });
    socket.on('drain', () => socket.resume());
    socket.on('error', () => socket.destroy()).on('close', () => sessions.delete(session));
  }
}
