import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';

/** A redis-server of the bench's own. */
export interface RedisServer {
  /** Of its socket. */
  readonly path: string;
  /** Its own CPU time so far, in microseconds. */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

/** On a socket; nothing is written to disk. */
export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-redis-'));
  const path = join(folder, 'redis.sock');
  const options = ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', ''];
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  // A server whose parent was killed must not stay.
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  await once(server, 'spawn');
  for await (const line of server.stdout) if (String(line).includes('ready to accept connections')) break;
  server.stdout.resume();
  const client = createClient({ socket: { path, reconnectStrategy: false } });
  await client.on('error', () => undefined).connect();
  return {
    path,
    async cpu() {
      const info = await client.info('cpu');
      const seconds = (mode: string) => Number(new RegExp(`^used_cpu_${mode}:(\\S+)`, 'm').exec(info)?.[1]);
      return (seconds('user') + seconds('sys')) * 1e6;
    },
    async close() {
      client.destroy();
      const exit = once(server, 'exit');
      kill();
      await exit;
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
