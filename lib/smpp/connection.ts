import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { decode, type Pdu } from './codec.ts';
import { Framer } from './framer.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { Timings } from './timings.ts';

interface ConnectionEvents {
  onBytes(): void;
  onPdu(pdu: Pdu): void;
  /** What was written is on its way. */
  onDrain(): void;
}

const MOST_UNSENT_BYTES = 256 * 1024;

/** One socket to an SMSC, for one attempt only, with PDUs in and out. */
export class Connection {
  /** Why it ended; never rejects. */
  readonly closed: Promise<SmscFailure>;
  readonly #socket: Socket;
  readonly #timings: Timings;
  readonly #events: ConnectionEvents;
  readonly #framer = new Framer();
  #partial: NodeJS.Timeout | undefined;
  #failure: SmscFailure | undefined;

  /** Starts to connect; `open` tells when that is done. */
  constructor(smsc: SmscSettings, timings: Timings, events: ConnectionEvents) {
    this.#timings = timings;
    this.#events = events;
    this.#socket = openSocket(smsc);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('drain', () => {
      this.#socket.resume();
      this.#events.onDrain();
    });
    this.#socket.on('end', () => this.destroy(new SmscFailure(`it closed the connection${this.#where()}`)));
    this.#socket.on('error', (error) => {
      this.#failure ??= describeError(error, this.#socket);
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        clearTimeout(this.#partial);
        resolve(this.#failure ?? new SmscFailure('the connection was closed'));
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Whether the peer does not take what was written: then no more should be. */
  get isClogged(): boolean {
    return this.#socket.writableLength > MOST_UNSENT_BYTES;
  }

  /** Resolves when connected, with TLS where it is wanted; rejects where that takes too long or fails. */
  async open(): Promise<void> {
    await this.#reach('connect', 'the connection');
    if (this.#socket instanceof TLSSocket) await this.#reach('secureConnect', 'TLS');
  }

  write(bytes: Buffer): void {
    // What is written in one turn leaves at once: a system call a message would cost more than all the rest.
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    // Who does not read our answers is not read either: else they pile up.
    if (!this.#socket.write(bytes)) this.#socket.pause();
  }

  /** Sends what is written, then FIN, then lets go. */
  finish(): void {
    this.#socket.destroySoon();
  }

  destroy(failure: SmscFailure): void {
    this.#failure ??= failure;
    this.#socket.destroy();
  }

  async #reach(event: 'connect' | 'secureConnect', what: string): Promise<void> {
    const { step } = this.#timings;
    const timer = setTimeout(() => this.destroy(new SmscFailure(`${what} took more than ${step} ms`)), step);
    const failed = this.closed.then((failure) => {
      throw failure;
    });
    await Promise.race([once(this.#socket, event), failed]).finally(() => clearTimeout(timer));
  }

  #read(chunk: Buffer): void {
    this.#events.onBytes();
    try {
      for (const frame of this.#framer.push(chunk)) {
        clearTimeout(this.#partial);
        this.#partial = undefined;
        this.#events.onPdu(decode(frame));
      }
    } catch (error) {
      this.destroy(new SmscFailure(error instanceof Error ? error.message : 'its bytes cannot be read'));
    }
    if (this.#framer.isPartial) this.#partial ??= this.#expectRest();
  }

  #expectRest(): NodeJS.Timeout {
    const failure = new SmscFailure('the rest of a PDU did not come');
    return setTimeout(() => this.destroy(failure), this.#timings.partialPdu).unref();
  }

  #where(): string {
    return this.#framer.isPartial ? ' inside a PDU' : '';
  }
}

function openSocket({ host, port, tls }: SmscSettings): Socket {
  if (tls === undefined) return connectPlain({ host, port, noDelay: true });
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ ...name, ...tls, host, port, minVersion: 'TLSv1.2', rejectUnauthorized: true });
}

function describeError(error: Error, socket: Socket): SmscFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  // Node sets `authorizationError` where the certificate, not the connection, is the problem.
  const isCertificate = socket instanceof TLSSocket && Boolean(socket.authorizationError);
  return new SmscFailure(
    isCertificate ? `its certificate was refused: ${code}` : code,
    isCertificate ? 'config' : 'passing',
  );
}
