import { once } from 'node:events';
import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { type SecureContext, connect as tlsConnect } from 'node:tls';
import { Connection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { directoryFault } from './directory-fault.ts';

/** One directory server, and how to speak with it. */
export interface LdapServer {
  /** `host:port`, for messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'startTls' | 'none';
}

/** What a server's certificate is checked with. */
export interface ServerTrust {
  readonly secureContext: SecureContext;
  /** The name that the certificate must have. Default: the host of the URL. */
  readonly servername: string | undefined;
}

const START_TLS = '1.3.6.1.4.1.1466.20037';

/**
 * A connection on which nobody is bound, and nothing but the request for StartTLS has been said in clear.
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
    throw directoryFault(server.name, error, deadline);
  }
}

/** Asks for TLS and leaves the socket to it. */
export async function startTls(server: LdapServer, socket: Socket, deadline: Deadline): Promise<void> {
  await new Connection(server.name, socket).run((client) => client.exop(START_TLS), deadline);
  // The clear connection's reader goes, with all that it holds: bytes that an attacker put behind the answer would
  // else be read as the beginning of the first answer over TLS. (`Client.startTLS` of ldapts 8.2 keeps them.)
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
  // `once` hears of the errors up to the event and ldapts of those after it; one in between must find a listener, too.
  socket.on('error', () => {});
  await once(socket, event, { signal: deadline.signal });
  return socket;
}
