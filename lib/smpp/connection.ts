import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { once } from 'node:events';
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { ConnectionClose, SmscFailure } from './command-status.ts';
import { decode, Framer, type Pdu } from './pdu.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { Timeouts } from './timeouts.ts';

/** Tells the session on a connection what happens to it. */
export interface ConnectionListener {
  onBytes(): void;
  onPdu(pdu: Pdu): void;
  /** The socket takes bytes again. */
  onDrain(): void;
}

/** A PDU that writes itself. */
export interface OutgoingPdu {
  /** An upper bound of its length. */
  readonly mostBytes: number;
  /** Gives its end. */
  writeTo(bytes: Buffer, start: number, sequence: number): number;
}

/** A PDU whose bytes are known but for its sequence number. */
export class EncodedPdu implements OutgoingPdu {
  readonly mostBytes: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.mostBytes = bytes.length;
  }

  writeTo(bytes: Buffer, start: number, sequence: number): number {
    const end = start + this.#bytes.copy(bytes, start);
    bytes.writeUInt32BE(sequence, start + SEQUENCE_OFFSET);
    return end;
  }
}

/** A connection that is there already, or the addresses for one. */
export interface Way {
  readonly socket?: Socket | undefined;
  readonly addresses?: AddressTurns | undefined;
}

const SEQUENCE_OFFSET = 12;
const MOST_UNSENT_BYTES = 256 * 1024;
const CHUNK_BYTES = 16 * 1024;
const EMPTY = Buffer.alloc(0);

/** Finds the addresses of a host, as `dns.lookup` does. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Gives each attempt one of a host's addresses. Node tries all of them by itself, but not from a local address (20.20). */
export class AddressTurns {
  readonly #resolve: Resolve;
  #turn = 0;

  constructor(resolve: Resolve = lookup) {
    this.#resolve = resolve;
  }

  /** The next attempt goes to another address. */
  advance(): void {
    this.#turn += 1;
  }

  readonly lookUp: LookupFunction = (host, options, callback) => {
    this.#resolve(host, { ...options, all: true }, (error, addresses) => {
      const { address = '', family } = addresses?.[this.#turn % addresses.length] ?? {};
      callback(error, address, family);
    });
  };
}

/** One socket to an SMSC, for one attempt only, with PDUs in and out. */
export class Connection {
  /** Why it ended; never rejects. */
  readonly closed: Promise<SmscFailure>;
  readonly #socket: Socket;
  readonly #timeouts: Timeouts;
  readonly #listener: ConnectionListener;
  /** Whether the socket was connected before. */
  readonly #isReady: boolean;
  readonly #framer = new Framer();
  #partial: NodeJS.Timeout | undefined;
  #failure: SmscFailure | undefined;
  /** The PDUs of one turn, written one behind the other, leave as one piece. */
  #chunk: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  readonly #flushLater = (): void => this.#flush();

  /** Starts to connect; `open` resolves when that is done. */
  constructor(smsc: SmscSettings, timeouts: Timeouts, listener: ConnectionListener, way: Way = {}) {
    const { socket, addresses } = way;
    this.#timeouts = timeouts;
    this.#listener = listener;
    this.#isReady = socket !== undefined;
    this.#socket = socket ?? openSocket(smsc, addresses);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('drain', () => {
      this.#socket.resume();
      this.#listener.onDrain();
    });
    this.#socket.on('end', () => {
      this.destroy(new ConnectionClose(`it closed the connection${this.#framer.isPartial ? ' inside a PDU' : ''}`));
    });
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
  get isBackpressured(): boolean {
    return this.#socket.writableLength > MOST_UNSENT_BYTES;
  }

  /** Resolves when connected, with TLS if it is wanted; rejects if that takes too long or fails. */
  async open(): Promise<void> {
    if (this.#isReady) return;
    await this.#reach('connect', 'the connection');
    if (this.#socket instanceof TLSSocket) await this.#reach('secureConnect', 'TLS');
  }

  write(pdu: OutgoingPdu, sequence: number): void {
    if (this.#start === this.#end) {
      process.nextTick(this.#flushLater);
      // All of it has left: its memory is free again.
      if (this.#socket.writableLength === 0) this.#start = this.#end = 0;
    }
    if (this.#chunk.length - this.#end < pdu.mostBytes) {
      this.#flush();
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, pdu.mostBytes));
      this.#start = 0;
      this.#end = 0;
    }
    this.#end = pdu.writeTo(this.#chunk, this.#end, sequence);
  }

  /** Sends what is written, then FIN; reads on until the peer does the same. */
  finish(): void {
    this.#flush();
    this.#socket.end();
  }

  destroy(failure: SmscFailure): void {
    this.#failure ??= failure;
    this.#socket.destroy();
  }

  #flush(): void {
    if (this.#start === this.#end) return;
    const bytes = this.#chunk.subarray(this.#start, this.#end);
    this.#start = this.#end;
    // A peer that does not read our answers is not read either: else they pile up.
    if (this.isOpen && !this.#socket.write(bytes)) this.#socket.pause();
  }

  async #reach(event: 'connect' | 'secureConnect', what: string): Promise<void> {
    const { step } = this.#timeouts;
    const timer = setTimeout(() => this.destroy(new SmscFailure(`${what} took more than ${step} ms`)), step);
    const failed = this.closed.then((failure) => {
      throw failure;
    });
    await Promise.race([once(this.#socket, event), failed]).finally(() => clearTimeout(timer));
  }

  #read(chunk: Buffer): void {
    this.#listener.onBytes();
    try {
      for (const frame of this.#framer.push(chunk)) {
        clearTimeout(this.#partial);
        this.#partial = undefined;
        this.#listener.onPdu(decode(frame));
      }
    } catch (error) {
      this.destroy(new SmscFailure(error instanceof Error ? error.message : 'its bytes cannot be read'));
    }
    if (this.#framer.isPartial) this.#partial ??= this.#expectRest();
  }

  #expectRest(): NodeJS.Timeout {
    const failure = new SmscFailure('the rest of a PDU did not come');
    return setTimeout(() => this.destroy(failure), this.#timeouts.partialPdu).unref();
  }
}

function openSocket({ host, port, tls, localAddress }: SmscSettings, addresses = new AddressTurns()): Socket {
  // Of a host with addresses of both families, only one can be reached from here.
  const own = { localAddress, family: isIP(localAddress ?? ''), lookup: addresses.lookUp, autoSelectFamily: false };
  const from = localAddress === undefined ? {} : own;
  if (tls === undefined) return connectPlain({ ...from, host, port, noDelay: true });
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ ...from, ...name, ...tls, host, port, minVersion: 'TLSv1.2', rejectUnauthorized: true });
}

function describeError(error: Error, socket: Socket): SmscFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  // Node sets `authorizationError` if the certificate, not the connection, is the problem.
  if (socket instanceof TLSSocket && socket.authorizationError) {
    return new SmscFailure(`its certificate was refused: ${code}`, 'config');
  }
  // A peer that closes before it has read all resets the connection.
  return code === 'ECONNRESET' ? new ConnectionClose(code) : new SmscFailure(code);
}
