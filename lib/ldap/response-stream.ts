import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { DirectoryFault } from './directory-fault.ts';
import { isResponseTo, MessageFramer } from './response-validator.ts';

/** A person is one entry: no honest response comes near this. */
const MAX_RESPONSE_BYTES = 10_000_000;

/**
 * A connected socket, as ldapts sees it. Only whole and well-formed responses come out of it; anything else closes it.
 * It has the two properties that ldapts asks a socket for.
 */
export class ResponseStream extends Duplex {
  readonly connecting = false;
  readonly #socket: Socket;
  readonly #server: string;
  readonly #framer = new MessageFramer();
  /** The last request: each waits for its response before the next is sent. */
  #request: Buffer = Buffer.alloc(0);
  #bytesSinceRequest = 0;

  /** @param server the server's name, for the fault */
  constructor(socket: Socket, server: string) {
    super();
    this.#socket = socket;
    this.#server = server;
    // Bytes may come before ldapts listens.
    this.on('error', () => {});
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('close', () => this.destroy());
  }

  get readyState(): Socket['readyState'] {
    return this.destroyed ? 'closed' : this.#socket.readyState;
  }

  override _read(): void {
    // Responses are pushed as they come.
  }

  override _write(request: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#request = request;
    this.#bytesSinceRequest = 0;
    this.#socket.write(request, done);
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #receive(bytes: Buffer): void {
    try {
      this.#bytesSinceRequest += bytes.length;
      if (this.#bytesSinceRequest > MAX_RESPONSE_BYTES) throw new Error('The response is too long.');
      for (const message of this.#framer.push(bytes)) {
        if (!isResponseTo(this.#request, message)) throw new Error('This is no response.');
        this.push(message);
      }
    } catch {
      this.destroy(new DirectoryFault(`${this.#server} sent something that is no LDAP.`));
    }
  }
}
