import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { LOOPBACK } from '../../url.ts';
import { refuseProduction } from '../refuse-production.ts';
import { type DirectoryBehaviour, DirectoryBehaviours } from './behaviour.ts';
import { type DirectoryEntry, demoPeople, SERVICE_ACCOUNT } from './entry.ts';
import type { DirectoryOperation } from './request.ts';
import { type DirectoryContext, DirectorySession } from './session.ts';
import { DirectoryTree } from './tree.ts';

/** The options of `startDirectory()`. */
export interface DirectoryOptions {
  /** The port on loopback. @default any free one */
  readonly port?: number;
  /** The entry below which the people are. @default `ou=people,dc=example,dc=org` */
  readonly baseDn?: string;
  /** The people. @default ada, grace (two numbers) and alan (none), as in the demo */
  readonly entries?: readonly DirectoryEntry[];
  /**
   * Certificate and key in PEM: `ldaps://`, or StartTLS if `startTls` is true; also a wrong certificate, to see it
   * refused.
   * @default neither
   */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether TLS begins only when it is asked for. @default false */
  readonly startTls?: boolean;
  /** Whether searches need no bind. @default true */
  readonly allowAnonymous?: boolean;
}

/** A small LDAP server on loopback that remembers what it was asked and misbehaves on command. */
export interface DirectorySimulator {
  /** `ldap://127.0.0.1:…`, or `ldaps://…`. */
  readonly url: string;
  /** The entry below which the people are. */
  readonly baseDn: string;
  /** Everything asked so far, in the order of arrival. */
  readonly operations: readonly DirectoryOperation[];
  /** The entries as they are now, without the base and the service account. */
  entries(): readonly DirectoryEntry[];
  /** Adds the entry, or puts it in the place of the one with its DN. */
  put(entry: DirectoryEntry): void;
  /** Removes the entry, if there is one. */
  remove(dn: string): void;
  /** Replaces how it misbehaves; with no behaviour it behaves well again. */
  behave(...behaviours: readonly DirectoryBehaviour[]): void;
  /** Closes every connection; new ones are welcome. */
  dropConnections(): void;
  /** Closes every connection and the port. */
  close(): Promise<void>;
}

/**
 * Starts a directory with people to sign in as, and the service account `cn=service,dc=example,dc=org` (`service`).
 *
 * @throws Error if `NODE_ENV` is `production`, or the port is taken.
 */
export async function startDirectory(options: DirectoryOptions = {}): Promise<DirectorySimulator> {
  refuseProduction('directory');
  const { baseDn = 'ou=people,dc=example,dc=org', entries = demoPeople(baseDn) } = options;
  const base: DirectoryEntry = { dn: baseDn, attributes: { objectClass: ['organizationalUnit'] } };
  const tree = new DirectoryTree([base, SERVICE_ACCOUNT], entries);
  const behaviours = new DirectoryBehaviours();
  const operations: DirectoryOperation[] = [];
  const { url, dropConnections, close } = await serve(options, {
    tree,
    behaviours,
    allowAnonymous: options.allowAnonymous ?? true,
    startTlsContext: options.startTls && options.tls ? createSecureContext(options.tls) : undefined,
    record: (operation) => operations.push(operation),
  });
  return {
    url,
    baseDn,
    operations,
    entries: () => tree.entries,
    put: (entry) => tree.put(entry),
    remove: (dn) => tree.remove(dn),
    behave: (...told) => behaviours.replace(told),
    dropConnections,
    close,
  };
}

type Serving = Pick<DirectorySimulator, 'url' | 'dropConnections' | 'close'>;

async function serve(options: DirectoryOptions, context: DirectoryContext): Promise<Serving> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = serverFor(options, (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    new DirectorySession(context, ++connections, socket);
  });
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: await listen(server, options),
    dropConnections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      dropConnections();
      await closed;
    },
  };
}

function serverFor({ tls, startTls }: DirectoryOptions, onConnection: (socket: Socket) => void): Server {
  if (tls === undefined || startTls) return createServer(onConnection);
  return createTlsServer(tls, onConnection);
}

async function listen(server: Server, { port = 0, tls, startTls }: DirectoryOptions): Promise<string> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The directory simulator has no port.');
  return `${tls === undefined || startTls ? 'ldap' : 'ldaps'}://${LOOPBACK}:${address.port}`;
}
