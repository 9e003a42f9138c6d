import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { LOOPBACK } from '../../loopback.ts';
import { decode, Framer } from '../../smpp/pdu.ts';
import { SmscSession } from './session.ts';
import type { SmscState } from './sessions.ts';

/** All in PEM. With `ca` a client needs a certificate of that authority. */
export interface SmscTls {
  /** The server's certificate. */
  readonly cert: string;
  /** Its key. */
  readonly key: string;
  /** The authority whose certificates clients must show. @default none is asked for */
  readonly ca?: string;
}

/** The simulator's port on loopback: bytes in, PDUs to a session each. */
export class SmscServer {
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
