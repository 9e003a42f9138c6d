import { once } from 'node:events';
import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { type SecureContext, connect as tlsConnect } from 'node:tls';
import { Client } from 'ldapts';
import type { Deadline } from '../deadline.ts';
import { DirectoryFault, toDirectoryFault } from './directory-fault.ts';
import { ResponseStream } from './response-validator.ts';

/** One directory server, and how to speak with it. */
export interface LdapServer {
  /** `host:port`, for messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'startTls' | 'none';
}

/** The data that a server's certificate is checked with. */
export interface ServerTrust {
  readonly secureContext: SecureContext;
  /** The name that the certificate must have; `undefined`: the host of the URL. */
  readonly servername: string | undefined;
}

const START_TLS = '1.3.6.1.4.1.1466.20037';
/** The server, not the request, is at fault. */
const SERVERS_FAULTS = ['busy', 'unavailable', 'other'] as const;

/** One connection from a ready socket to its end; it is never opened again, whatever happens. */
export class Connection {
  /** The server's name. */
  readonly server: string;
  readonly #stream: ResponseStream;
  readonly #client: Client;

  constructor(server: string, socket: Socket) {
    this.server = server;
    this.#stream = new ResponseStream(socket, server);
    let isTaken = false;
    this.#client = new Client({
      url: 'ldap://connected',
      // ldapts 8.2 opens a lost connection again by itself: anonymous and without TLS. A socket that is ready at once
      // also spares it the state "connecting", in which parallel operations never end.
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
   * A refusal leaves the connection open. A fault of the server, or silence until the deadline, closes it and ends all
   * that runs on it.
   *
   * @throws DirectoryFault
   */
  async run<T>(operation: (client: Client) => Promise<T>, deadline: Deadline): Promise<T> {
    if (deadline.isOver) throw toDirectoryFault(this.server, undefined, deadline);
    // ldapts rejects what waits for a response when the stream closes.
    const destroy = () => this.#stream.destroy();
    deadline.signal.addEventListener('abort', destroy);
    try {
      return await operation(this.#client);
    } catch (error) {
      const { errored } = this.#stream;
      const fault = toDirectoryFault(this.server, errored instanceof DirectoryFault ? errored : error, deadline);
      if (fault.resultCode === undefined || fault.hasCode(SERVERS_FAULTS)) destroy();
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

/**
 * An anonymous connection. Nothing but the request for StartTLS has been sent without TLS, if the server uses it.
 *
 * @throws DirectoryFault
 */
export async function connect(server: LdapServer, trust: ServerTrust, deadline: Deadline): Promise<Connection> {
  const socket = tcpConnect({ host: server.host, port: server.port, keepAlive: true, noDelay: true });
  try {
    await ready(socket, 'connect', deadline);
    if (server.security === 'none') return new Connection(server.name, socket);
    if (server.security === 'startTls') await startTls(server, socket, deadline);
    return new Connection(server.name, await secure(server, socket, trust, deadline));
  } catch (error) {
    socket.destroy();
    throw toDirectoryFault(server.name, error, deadline);
  }
}

/** Asks for TLS and leaves the socket to it. */
export async function startTls(server: LdapServer, socket: Socket, deadline: Deadline): Promise<void> {
  await new Connection(server.name, socket).run((client) => client.exop(START_TLS), deadline);
  // All that was read without TLS must go with its reader. `Client.startTLS` of ldapts 8.2 keeps it, so that somebody
  // on the way could forge the first response over TLS.
  socket.removeAllListeners('data');
}

function secure(server: LdapServer, socket: Socket, trust: ServerTrust, deadline: Deadline): Promise<Socket> {
  const name = trust.servername ?? server.host;
  const secured = tlsConnect({
    socket,
    // Without a host, Node checks the certificate of an IP address against `localhost`.
    host: name,
    ...(isIP(name) === 0 && { servername: name }),
    secureContext: trust.secureContext,
    rejectUnauthorized: true,
  });
  return ready(secured, 'secureConnect', deadline);
}

async function ready(socket: Socket, event: 'connect' | 'secureConnect', deadline: Deadline): Promise<Socket> {
  // `once` listens for errors up to the event and ldapts after it; one in between needs a listener, too.
  socket.on('error', () => {});
  await once(socket, event, { signal: deadline.signal });
  return socket;
}
