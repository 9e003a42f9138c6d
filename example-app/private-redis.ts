import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A redis-server of the demo's own, on a socket in a folder of its own; it forgets everything with the demo. */
export interface PrivateRedis {
  readonly url: string;
  close(): Promise<void>;
}

/** @throws Error if none is installed */
export async function startPrivateRedis(): Promise<PrivateRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'demo-redis-'));
  const path = join(folder, 'redis.sock');
  const socket = ['--port', '0', '--unixsocket', path, '--dir', folder];
  const options = [...socket, '--save', '', '--maxmemory-policy', 'noeviction'];
  // A terminal sends Ctrl-C to its whole group: the workers still need Redis while they close.
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const end = (): void => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', end);
  const exit = once(server, 'exit').catch(() => undefined);
  try {
    for await (const line of server.stdout) if (String(line).includes('ready to accept connections')) break;
    if (server.pid === undefined || server.exitCode !== null) throw new Error();
  } catch {
    throw new Error('Redis cannot be started here. Install redis-server, or set REDIS_URL to a Redis that runs.');
  }
  server.stdout.resume();
  return {
    url: `unix://${path}`,
    async close() {
      server.kill();
      await exit;
    },
  };
}
