import type { Socket } from 'node:net';
import { Client } from 'ldapts';
import type { Deadline } from './deadline.ts';
import { directoryFault } from './directory-fault.ts';

/** The server, not the request, is at fault. */
const SERVERS_FAULTS = ['busy', 'unavailable', 'other'] as const;

/** One connection from a ready socket to its end; it is never opened again, whatever happens. */
export class Connection {
  /** The server's name. */
  readonly server: string;
  readonly #socket: Socket;
  readonly #client: Client;

  constructor(server: string, socket: Socket) {
    this.server = server;
    this.#socket = socket;
    let isTaken = false;
    this.#client = new Client({
      url: 'ldap://connected',
      // ldapts 8.2 connects by itself when the socket is gone, and goes on as nobody and in clear. A socket that is
      // ready at once also spares it the state "connecting", in which parallel operations never end.
      createConnection: () => {
        if (isTaken || !this.isOpen) throw new Error('The connection is closed.');
        isTaken = true;
        return socket;
      },
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 'open';
  }

  /**
   * Several operations may run at once. A refusal leaves the connection open; where the server is at fault, or silent
   * until the deadline, it is closed and all that runs on it ends.
   *
   * @throws DirectoryFault
   */
  async run<T>(operation: (client: Client) => Promise<T>, deadline: Deadline): Promise<T> {
    if (deadline.isOver) throw directoryFault(this.server, undefined, deadline);
    // What waits for an answer is rejected by ldapts when the socket closes.
    const destroy = () => this.#socket.destroy();
    deadline.signal.addEventListener('abort', destroy);
    try {
      return await operation(this.#client);
    } catch (error) {
      const fault = directoryFault(this.server, error, deadline);
      if (fault.resultCode === undefined || fault.isAnswer(SERVERS_FAULTS)) destroy();
      throw fault;
    } finally {
      deadline.signal.removeEventListener('abort', destroy);
    }
  }

  /** Says goodbye (unbind) and does not wait. */
  close(): void {
    const destroy = () => this.#socket.destroy();
    this.#client.unbind().then(destroy, destroy);
  }
}
