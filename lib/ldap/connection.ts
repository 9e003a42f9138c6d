import type { Socket } from 'node:net';
import { Client } from 'ldapts';
import { AnswerStream } from './answer-stream.ts';
import type { Deadline } from './deadline.ts';
import { DirectoryFault, directoryFault } from './directory-fault.ts';

/** The server, not the request, is at fault. */
const SERVERS_FAULTS = ['busy', 'unavailable', 'other'] as const;

/** One connection from a ready socket to its end; it is never opened again, whatever happens. */
export class Connection {
  /** The server's name. */
  readonly server: string;
  readonly #stream: AnswerStream;
  readonly #client: Client;

  constructor(server: string, socket: Socket) {
    this.server = server;
    this.#stream = new AnswerStream(socket, server);
    let isTaken = false;
    this.#client = new Client({
      url: 'ldap://connected',
      // ldapts 8.2 connects by itself when the socket is gone, and goes on as nobody and in clear. A socket that is
      // ready at once also spares it the state "connecting", in which parallel operations never end.
      createConnection: () => {
        if (isTaken || !this.isOpen) throw new Error('The connection is closed.');
        isTaken = true;
        return this.#stream as unknown as Socket;
      },
    });
  }

  get isOpen(): boolean {
    return this.#stream.readyState === 'open';
  }

  /**
   * A refusal leaves the connection open; where the server is at fault, or silent until the deadline, it is closed and
   * all that runs on it ends.
   *
   * @throws DirectoryFault
   */
  async run<T>(operation: (client: Client) => Promise<T>, deadline: Deadline): Promise<T> {
    if (deadline.isOver) throw directoryFault(this.server, undefined, deadline);
    // What waits for an answer is rejected by ldapts when the stream closes.
    const destroy = () => this.#stream.destroy();
    deadline.signal.addEventListener('abort', destroy);
    try {
      return await operation(this.#client);
    } catch (error) {
      const { errored } = this.#stream;
      const fault = directoryFault(this.server, errored instanceof DirectoryFault ? errored : error, deadline);
      if (fault.resultCode === undefined || fault.isAnswer(SERVERS_FAULTS)) destroy();
      throw fault;
    } finally {
      deadline.signal.removeEventListener('abort', destroy);
    }
  }

  /** Says goodbye (unbind) and does not wait. */
  close(): void {
    const destroy = () => this.#stream.destroy();
    this.#client.unbind().then(destroy, destroy);
  }
}
