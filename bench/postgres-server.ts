import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { MIGRATION } from '../lib/state/postgres-migration.ts';

/** A PostgreSQL of the bench's own. */
export interface PostgresServer {
  readonly url: string;
  /** The CPU time of all its processes so far, in microseconds. */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Of the kernel's account of CPU time in `/proc/PID/stat`. */
const MICROSECONDS_PER_TICK = 10_000;

/** As Debian installs it, with the settings that it has by itself: what was committed is on the disk. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'));
  const [data, owner, port] = [join(folder, 'data'), ownerOfPostgres(), await freePort()];
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const prepared = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-instructions'];
  execFileSync(program('initdb'), prepared, { stdio: 'ignore', cwd: folder, ...owner });
  const settings = [`port=${port}`, `listen_addresses=${HOST}`, `unix_socket_directories=${folder}`];
  const options = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const server: ChildProcess = spawn(program('postgres'), options, { stdio: [...stdio], cwd: folder, ...owner });
  // A server whose parent was killed must not stay; at this signal it ends all its processes.
  const kill = (): void => void server.kill('SIGQUIT');
  process.once('exit', kill);
  for await (const line of server.stderr ?? []) if (String(line).includes('ready to accept connections')) break;
  server.stderr?.resume();
  const url = `postgres://postgres@${HOST}:${port}/postgres`;
  await migrate(url);
  return {
    url,
    cpu: async () => cpuOf(server.pid ?? Number.NaN),
    async close() {
      const exit = once(server, 'exit');
      kill();
      await exit;
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function migrate(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(MIGRATION);
  await client.end();
}

/** Each connection is a process: those that are alive, and those that have ended. */
function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const children = text === '' ? [] : text.split(' ').map(Number);
  const own = [pid, ...children].map(nanosecondsOf).reduce((sum, one) => sum + one);
  return own / 1000 + ticksOfEnded(pid) * MICROSECONDS_PER_TICK;
}

function nanosecondsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ', 1)[0]);
}

/** `cutime` and `cstime` of proc(5); what comes before the parenthesis may have blanks in it. */
function ticksOfEnded(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[13]) + Number(fields[14]);
}

/** PostgreSQL refuses to run as root. */
function ownerOfPostgres(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid, gid] = lines.find((line) => line.startsWith('postgres:'))?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/** Debian has each version in a folder of its own, on no PATH. */
function program(name: string): string {
  const [version = ''] = readdirSync('/usr/lib/postgresql').sort((left, right) => Number(right) - Number(left));
  return join('/usr/lib/postgresql', version, 'bin', name);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : Number.NaN;
}
