import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A redis-server of the bench's own, on a socket; nothing is written to disk. */
export async function startRedis(): Promise<{ readonly path: string; close(): Promise<void> }> {
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
  return {
    path,
    async close() {
      const exit = once(server, 'exit');
      kill();
      await exit;
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
