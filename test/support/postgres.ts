import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool, type PoolConfig } from 'pg';
import { MIGRATION } from '../../lib/state/postgres-migration.ts';
import { freePort } from './free-port.ts';
import { requirePeer } from './peers.ts';

const HOST = '127.0.0.1';

/** A PostgreSQL server of the test's own, in a folder of its own, as the user `postgres` if the test runs as root. */
export interface Postgres {
  readonly port: number;
  /** A pool that is closed with the server. */
  pool(settings?: PoolConfig): Pool;
  /** Answers nothing, as a server that hangs: the server and each process of a connection. */
  stop(): void;
  resume(): void;
  /** At once; what was committed stays. */
  kill(): Promise<void>;
  /** Does nothing if it runs. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** @param settings as `max_connections=10` */
export async function startPostgres(context: Mocha.Context, ...settings: readonly string[]): Promise<Postgres> {
  requirePeer(context, 'postgresql');
  const initdb = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync', '--no-instructions'];
  const postgres = await startOn((data) => ['initdb', '-D', data, ...initdb], settings);
  await postgres.pool().query(MIGRATION);
  return postgres;
}

/** A copy that follows the primary, and takes no writes until it is promoted. */
export async function startStandby(context: Mocha.Context, primary: Postgres): Promise<Postgres> {
  requirePeer(context, 'postgresql');
  const source = ['-h', HOST, '-p', String(primary.port), '-U', 'postgres', '-R', '--no-sync', '-c', 'fast'];
  return startOn((data) => ['pg_basebackup', '-D', data, ...source], []);
}

async function startOn(
  prepare: (data: string) => readonly [string, ...string[]],
  settings: readonly string[],
): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const owner = ownerOfPostgres();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const [preparation, ...values] = prepare(data);
  execFileSync(program(preparation), values, { stdio: 'ignore', cwd: folder, ...owner });
  const port = await freePort();
  const pools: Pool[] = [];
  let server: ChildProcess | undefined;
  const isRunning = () => server?.exitCode === null && server.signalCode === null;
  const signal = (name: NodeJS.Signals) => {
    if (server?.pid === undefined || !isRunning()) return;
    for (const pid of [server.pid, ...childrenOf(server.pid)]) {
      try {
        process.kill(pid, name);
      } catch {
        // The process of a connection has ended meanwhile.
      }
    }
  };
  const postgres: Postgres = {
    port,
    pool(config) {
      const pool = new Pool({ host: HOST, port, user: 'postgres', database: 'postgres', ...config });
      pool.on('error', () => undefined);
      pools.push(pool);
      return pool;
    },
    stop: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async kill() {
      if (server === undefined || !isRunning()) return;
      postgres.resume();
      const exit = once(server, 'exit');
      server.kill('SIGQUIT');
      await exit;
    },
    async start() {
      if (isRunning()) return;
      const quick = ['fsync=off', `port=${port}`, `listen_addresses=${HOST}`, `unix_socket_directories=${folder}`];
      const options = [...quick, ...settings].flatMap((setting) => ['-c', setting]);
      server = spawn(program('postgres'), ['-D', data, ...options], {
        stdio: ['ignore', 'ignore', 'pipe'],
        cwd: folder,
        ...owner,
      });
      for await (const line of server.stderr ?? [])
        if (/ready to accept (read-only )?connections/.test(String(line))) break;
      server.stderr?.resume();
    },
    async close() {
      postgres.resume();
      await Promise.all(pools.map((pool) => pool.end().catch(() => undefined)));
      await postgres.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await postgres.start();
  return postgres;
}

/** PostgreSQL refuses to run as root. */
export function ownerOfPostgres(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('postgres:'))
      ?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/** Debian has each version in a folder of its own, on no PATH. */
function program(name: string): string {
  const versions = readdirSync('/usr/lib/postgresql').toSorted((left, right) => Number(right) - Number(left));
  return join('/usr/lib/postgresql', versions[0] ?? '', 'bin', name);
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Until it is true; mocha's time-out is the deadline. */
export async function untilTrue(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await pause(20);
}
