import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { requirePeer } from './peers.ts';
import { ownerOfPostgres } from './postgres.ts';

/** A pgbouncer in transaction mode in front of a PostgreSQL server. */
export async function startPgbouncer(
  context: Mocha.Context,
  serverPort: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  requirePeer(context, 'pgbouncer');
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  const port = await freePort();
  const owner = ownerOfPostgres();
  const settings = {
    ...{ listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any' },
    ...{ pool_mode: 'transaction', default_pool_size: 5, max_client_conn: 100 },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]\npostgres = host=127.0.0.1 port=${serverPort} user=postgres\n[pgbouncer]\n${lines.join('')}`,
  );
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const bouncer = spawn('/usr/sbin/pgbouncer', [file], { stdio: ['ignore', 'ignore', 'pipe'], ...owner });
  for await (const line of bouncer.stderr) if (String(line).includes('process up')) break;
  bouncer.stderr.resume();
  return {
    port,
    async close() {
      const exit = once(bouncer, 'exit');
      bouncer.kill('SIGKILL');
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}
