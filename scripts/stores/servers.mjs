// Servers of the session stores, each in a folder of its own, on a port of its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const HOST = '127.0.0.1';

/** By name: what is made once, and the command that runs it. */
const SERVERS = {
  Redis: { command: (port) => ['redis-server', '--port', port, '--bind', HOST, '--save', ''] },
  memcached: { command: (port) => ['memcached', '-u', 'nobody', '-l', HOST, '-p', port] },
  MariaDB: {
    // A folder is a database. InnoDB's files must be whole before a server is killed.
    prepare(folder) {
      mkdirSync(`${folder}/data/test`, { recursive: true });
      run('mariadbd', [
        '--no-defaults',
        '--user=root',
        `--datadir=${folder}/data`,
        '--bootstrap',
        '--skip-grant-tables',
      ]);
    },
    command: (port, folder) => [
      ...['mariadbd', '--no-defaults', '--user=root', `--datadir=${folder}/data`, `--socket=${folder}/socket`],
      ...[`--port=${port}`, `--bind-address=${HOST}`, '--skip-grant-tables', `--pid-file=${folder}/pid`],
    ],
  },
  PostgreSQL: {
    user: 'postgres',
    prepare: (folder, owner) =>
      run(postgres('initdb'), ['-D', `${folder}/data`, '-U', 'postgres', '-A', 'trust', '--no-sync'], owner),
    command: (port, folder) => [
      ...[postgres('postgres'), '-D', `${folder}/data`, '-c', `port=${port}`, '-c', `listen_addresses=${HOST}`],
      ...['-c', `unix_socket_directories=${folder}`],
    ],
  },
};

/** A server that can be stopped (it hangs), killed and started again. */
export async function startServer(name, folder) {
  const { prepare, command, user } = SERVERS[name];
  mkdirSync(folder, { recursive: true });
  const owner = process.getuid() === 0 && user ? ownerOf(user) : {};
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  prepare?.(folder, owner);
  const port = await freePort();
  let child;
  const signal = (signalName) => {
    for (const pid of [child.pid, ...childrenOf(child.pid)]) process.kill(pid, signalName);
  };
  const server = {
    port,
    async start() {
      const [program, ...values] = command(String(port), folder);
      child = spawn(program, values, { stdio: 'ignore', cwd: folder, ...owner });
      while (!(await listens(port))) {
        if (child.exitCode !== null) throw new Error(`${name} has ended with ${child.exitCode}`);
        await pause(50);
      }
      // A database listens before it answers.
      await pause(2_000);
    },
    stop: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async kill() {
      const exit = once(child, 'exit');
      // PostgreSQL's own crash: SIGKILL would leave its processes behind.
      child.kill(name === 'PostgreSQL' ? 'SIGQUIT' : 'SIGKILL');
      await exit;
    },
  };
  await server.start();
  return server;
}

function run(program, values, owner = {}) {
  execFileSync(program, values, { stdio: 'ignore', cwd: '/', ...owner });
}

/** Debian has each version in a folder of its own, on no PATH. */
function postgres(program) {
  const [version] = readdirSync('/usr/lib/postgresql').toSorted((left, right) => Number(right) - Number(left));
  return `/usr/lib/postgresql/${version}/bin/${program}`;
}

/** PostgreSQL refuses to run as root. */
function ownerOf(user) {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid, gid] = lines.find((line) => line.startsWith(`${user}:`)).split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function childrenOf(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

async function freePort() {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => resolve(true)).on('error', () => resolve(false));
    socket.unref().on('connect', () => socket.destroy());
  });
}
