import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import type { SharedStateSetup } from '../../lib/conformance/index.ts';
import { type RedisClient, redisState } from '../../lib/state/redis-state.ts';
import { freePort } from './free-port.ts';
import { type Redis, startRedis } from './redis.ts';

const HOST = '127.0.0.1';
const SLOTS = 16_384;
/** A busy machine keeps a crowd of commits waiting longer than a server ever does. */
const BUSY_MACHINE_MILLISECONDS = 60_000;

/** A redis-server that also listens on a port. */
export interface RedisNode extends Redis {
  readonly port: number;
}

export interface RedisCluster {
  readonly nodes: readonly RedisNode[];
  close(): Promise<void>;
}

/** A client of some servers, for the conformance suite. */
interface RedisSetup<Client> {
  nodes(): readonly Redis[];
  connect(): Promise<Client>;
  empty(client: Client): Promise<unknown>;
  end(client: Client): Promise<void> | void;
  /** Where it is: several servers would take long to come back. */
  readonly outage: 'servers' | 'client';
}

export function redisSetup<Client extends RedisClient>(setup: RedisSetup<Client>): SharedStateSetup {
  const { nodes, connect, empty, end, outage } = setup;
  return {
    async open() {
      for (const node of nodes()) {
        node.resume();
        await node.start();
      }
      const client = await connect();
      await empty(client);
      let isOpen = true;
      const close = async (): Promise<void> => {
        if (isOpen) await end(client);
        isOpen = false;
      };
      // Only of a server in an outage an answer is asked in time.
      const [patient, usual] = [redisState(client, BUSY_MACHINE_MILLISECONDS), redisState(client)];
      let state = patient;
      const suffer = async (trouble: () => unknown): Promise<void> => {
        await usual.commit([]);
        state = usual;
        await trouble();
      };
      return {
        state: { commit: (steps) => state.commit(steps), health: async () => (await state.health?.()) ?? undefined },
        pass: (seconds) => pause(seconds * 1000),
        breakDown: () => suffer(outage === 'client' ? close : () => forEachOf(nodes(), (node) => node.kill())),
        stall: () => suffer(() => nodes().forEach((node) => void node.stop())),
        close,
      };
    },
  };
}

export async function startRedisNode(context: Mocha.Context, ...settings: readonly string[]): Promise<RedisNode> {
  const port = await freePort();
  return { ...(await startRedis(context, '--port', String(port), ...settings)), port };
}

/** Three nodes that share the slots. */
export async function startRedisCluster(context: Mocha.Context): Promise<RedisCluster> {
  const nodes: RedisNode[] = [];
  const buses: number[] = [];
  for (let index = 0; index < 3; index++) {
    const bus = await freePort();
    const settings = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000'];
    buses.push(bus);
    nodes.push(await startRedisNode(context, ...settings));
  }
  const clients = await Promise.all(nodes.map((node) => node.connect()));
  for (const [index, client] of clients.entries()) {
    const [first, last] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / clients.length));
    await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(first), String((last ?? SLOTS) - 1)]);
    await client.sendCommand(['CLUSTER', 'MEET', HOST, String(nodes[0]?.port), String(buses[0])]);
  }
  const isReady = async (client: (typeof clients)[number]) => {
    const info = String(await client.sendCommand(['CLUSTER', 'INFO']));
    return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
  };
  for (const client of clients) while (!(await isReady(client))) await pause(20);
  return { nodes, close: () => closeAll(nodes) };
}

/** A primary, a replica and a sentinel that watches them. */
export interface WatchedRedis {
  readonly primary: RedisNode;
  readonly replica: RedisNode;
  readonly sentinel: { readonly host: string; readonly port: number };
  /** Makes the replica the primary. */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

export async function startWatchedRedis(context: Mocha.Context, name: string): Promise<WatchedRedis> {
  const primary = await startRedisNode(context, '--repl-diskless-sync-delay', '0');
  const settings = ['--repl-diskless-sync-delay', '0', '--replicaof', `${HOST} ${primary.port}`];
  const replica = await startRedisNode(context, ...settings);
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const quick = [`down-after-milliseconds ${name} 60000`, `failover-timeout ${name} 5000`];
  const lines = [`monitor ${name} ${HOST} ${primary.port} 1`, ...quick].map((line) => `sentinel ${line}\n`);
  const port = await freePort();
  writeFileSync(file, `port ${port}\nbind ${HOST}\ndir ${folder}\n${lines.join('')}`);
  const server = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const client = createClient({ socket: { host: HOST, port, reconnectStrategy: 50 } }).on('error', () => undefined);
  await client.connect();
  const replicas = async (): Promise<unknown> => client.sendCommand(['SENTINEL', 'REPLICAS', name]);
  while (String(await replicas()) === '') await pause(20);
  const copy = await replica.connect();
  while (!(await copy.info('replication')).includes('master_link_status:up')) await pause(20);
  return {
    primary,
    replica,
    sentinel: { host: HOST, port },
    async failOver() {
      await client.sendCommand(['SENTINEL', 'FAILOVER', name]);
    },
    async close() {
      client.destroy();
      await end(server);
      await closeAll([primary, replica]);
      rmSync(folder, { recursive: true });
    },
  };
}

async function end(server: ChildProcess): Promise<void> {
  const exit = once(server, 'exit');
  server.kill();
  await exit;
}

function closeAll(servers: readonly Redis[]): Promise<void> {
  return forEachOf(servers, (server) => server.close());
}

async function forEachOf(servers: readonly Redis[], work: (server: Redis) => Promise<void>): Promise<void> {
  for (const server of servers) await work(server);
}
