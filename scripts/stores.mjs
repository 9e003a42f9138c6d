// Prints the table of docs/stores.md: `npm run stores`, or `npm run stores NAME …` for some. Each session store goes through a
// whole sign-in in an app of its own; its server is stopped and killed, without and with the guard. The packages are
// installed into a temporary folder (STORES_FOLDER: one that has them).
import { execFileSync, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startServer } from './stores/servers.mjs';
import { STORES } from './stores/stores.mjs';

const APP = fileURLToPath(new URL('./stores/app.mjs', import.meta.url));
const WITHOUT_SERVER = ['a file', 'files', 'the memory'];
const LONGEST_MILLISECONDS = 10_000;
const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(STORES);
const folder = process.env.STORES_FOLDER ?? install(names);
console.log(
  '| store | keeps them in | touch | over in time | touch revives | stopped, alone | stopped, guarded | killed, alone | killed, guarded | afterwards |',
);
console.log(`|${'---|'.repeat(10)}`);
for (const name of names) console.log(`| ${(await rowOf(name)).join(' | ')} |`);
if (process.env.STORES_FOLDER === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
process.exit();

function install(stores) {
  const place = mkdtempSync(join(tmpdir(), 'stores-'));
  const packages = [...new Set(stores.flatMap((name) => STORES[name].packages))];
  const flags = ['--no-audit', '--no-fund', '--no-save', '--legacy-peer-deps', 'express-session@1.19.0'];
  execFileSync('npm', ['install', ...flags, ...packages], { cwd: place, stdio: ['ignore', 'ignore', 'inherit'] });
  return place;
}

async function rowOf(name) {
  const { packages, server: kind } = STORES[name];
  const place = mkdtempSync(join(tmpdir(), 'store-server-'));
  const server = WITHOUT_SERVER.includes(kind) ? await openFiles(name, place) : await startServer(kind, place);
  const habits = await habitsOf(name, server);
  const alone = await troublesOf(name, server, 'alone');
  const guarded = await troublesOf(name, server, 'guarded');
  await server.kill().catch(() => undefined);
  rmSync(place, { recursive: true, force: true, maxRetries: 9 });
  const told = [habits.touch, habits.isLate ? 'no' : 'yes', habits.isBack ? 'yes' : 'no'];
  const troubles = [alone.stopped, guarded.stopped, alone.killed, guarded.killed, guarded.after];
  return [packages[0].replace('@', ' '), kind, ...told, ...troubles];
}

/** Stands in for a server: SQLite hangs while another process has it locked, and files are removed. */
async function openFiles(name, place) {
  const isSqlite = name.includes('sqlite');
  const files = isSqlite ? join(place, name === 'connect-sqlite3' ? 'connect.sqlite' : 'better.sqlite') : place;
  const Database = isSqlite ? createRequire(join(folder, 'any'))('better-sqlite3') : undefined;
  let other;
  return {
    port: 0,
    place,
    isMemory: name === 'memorystore',
    ...(isSqlite && {
      stop() {
        other = new Database(files);
        other.exec('BEGIN EXCLUSIVE');
      },
      resume: () => other.close(),
    }),
    // The store may write into its folder at that moment: a folder that has moved is as gone as one that was removed.
    kill: async () => void (existsSync(files) && renameSync(files, `${files}-${randomUUID()}`)),
    start: async () => mkdirSync(place, { recursive: true }),
  };
}

async function habitsOf(name, server) {
  const app = await startApp(name, server, 'guarded');
  app.child.send('habits');
  const habits = await app.next('habits');
  await app.close();
  return habits;
}

/** A whole sign-in, and what a page behind the gate answers in each trouble. */
async function troublesOf(name, server, isGuarded) {
  const app = await startApp(name, server, isGuarded);
  const cookie = await signIn(app);
  const ask = () => askTimed(app, cookie);
  server.stop?.();
  const stopped = server.stop === undefined ? '–' : (await ask()).answer;
  server.resume?.();
  await settle(ask);
  await server.kill();
  const killed = server.isMemory ? '–' : (await ask()).answer;
  await server.start();
  const after = await settle(ask);
  await app.close();
  return { stopped, killed, after: after === 200 ? 'signed in' : after === 401 ? 'signed out' : `still ${after}` };
}

async function signIn(app) {
  let cookie = '';
  const post = async (path, fields) => {
    const headers = { ...JSON_HEADERS, Cookie: cookie };
    const answer = await fetch(app.url + path, { method: 'POST', headers, body: JSON.stringify(fields) });
    cookie =
      answer.headers
        .getSetCookie()
        .find((one) => one.startsWith('connect.sid='))
        ?.split(';')[0] ?? cookie;
    if (answer.status !== 200) throw new Error(`${app.name}: ${path} is ${answer.status}`);
  };
  await post('/auth/login', { username: 'ada', password: 'lovelace' });
  await post('/auth/code', { code: await app.next('code') });
  const { status } = await fetch(`${app.url}/secret`, { headers: { ...JSON_HEADERS, Cookie: cookie } });
  if (status !== 200) throw new Error(`${app.name}: who is signed in gets ${status}`);
  return cookie;
}

/** As `503 in 1.5 s`. */
async function askTimed(app, cookie) {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(LONGEST_MILLISECONDS);
  const headers = { ...JSON_HEADERS, Cookie: cookie };
  const answer = await fetch(`${app.url}/secret`, { headers, signal }).catch(() => undefined);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (app.child.exitCode !== null) return { answer: 'the process ends' };
  if (answer === undefined) return { answer: `none in ${LONGEST_MILLISECONDS / 1000} s` };
  return { status: answer.status, answer: `${answer.status} in ${seconds} s` };
}

/** The first status that is no failure, within half a minute. */
async function settle(ask) {
  const endsAt = performance.now() + 30_000;
  let { status } = await ask();
  while (status !== 200 && status !== 401 && performance.now() < endsAt) {
    await pause(200);
    ({ status } = await ask());
  }
  return status;
}

async function startApp(name, server, isGuarded) {
  const child = fork(APP, [name, folder, server.place ?? folder, String(server.port), isGuarded], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += text));
  const told = new Map();
  const waiting = new Map();
  child.on('message', (message) => {
    for (const [key, value] of Object.entries(message)) {
      if (waiting.has(key)) waiting.get(key)(value);
      else told.set(key, value);
    }
  });
  const next = (key) =>
    new Promise((resolve, reject) => {
      if (told.has(key)) resolve(told.get(key));
      waiting.set(key, resolve);
      child.once('exit', () => reject(new Error(`${name}: the app has ended. ${complaints}`)));
    });
  const url = await next('url');
  const close = async () => {
    if (child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  return { name, child, url, next, close };
}
