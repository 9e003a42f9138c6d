import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { requirePeer } from './peers.ts';

type Client = ReturnType<typeof createRedisClient>;

/** A redis-server of the test's own, on a socket in a folder of its own. */
export interface Redis {
  readonly path: string;
  /** A client that fails rather than waits; closed with the server. */
  connect(): Promise<Client>;
  /** Answers nothing, as a server that hangs. */
  stop(): void;
  resume(): void;
  /** Its contents are lost. */
  kill(): Promise<void>;
  /** Does nothing if it runs. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startRedis(context: Mocha.Context, ...settings: readonly string[]): Promise<Redis> {
  requirePeer(context, 'redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const path = join(folder, 'redis.sock');
  const clients: Client[] = [];
  let server: ChildProcess | undefined;
  const isRunning = () => server?.exitCode === null && server.signalCode === null;
  const redis: Redis = {
    path,
    async connect() {
      const client = createRedisClient(path);
      clients.push(client);
      await client.connect();
      return client;
    },
    stop: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    async kill() {
      if (server === undefined || !isRunning()) return;
      const exit = once(server, 'exit');
      server.kill('SIGKILL');
      await exit;
    },
    async start() {
      if (isRunning()) return;
      const options = ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '', ...settings];
      server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
      for await (const line of server.stdout ?? []) if (String(line).includes('ready to accept connections')) break;
      server.stdout?.resume();
    },
    async close() {
      redis.resume();
      for (const client of clients) client.destroy();
      await redis.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

/** Fails if the server is down, and is not ended by that. */
function createRedisClient(path: string) {
  const client = createClient({ socket: { path, reconnectStrategy: 50 }, disableOfflineQueue: true });
  return client.on('error', () => undefined);
}
