// Measures what is named, or all: `npm run bench -- gate sign-ins`. Prints tables, and writes bench/results.json.
// With `--baseline FILE.tgz`, what can be is measured side by side with that version of the package.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Baseline, installBaseline } from './baseline.ts';
import { measureDirectory } from './measurements/directory.ts';
import { measureDispatch } from './measurements/dispatch.ts';
import { measureGate } from './measurements/gate.ts';
import { measureLatency } from './measurements/latency.ts';
import { measureNeverAnswered } from './measurements/never-answered.ts';
import { measurePostgres } from './measurements/postgres.ts';
import { measureProcesses } from './measurements/processes.ts';
import { measureRedis } from './measurements/redis.ts';
import { measureScale, measureScaleInRedis } from './measurements/scale.ts';
import { measureSiege } from './measurements/siege.ts';
import { measureSignIns } from './measurements/sign-ins.ts';
import { measureStart } from './measurements/start.ts';
import { format, isMet, type Report } from './report.ts';

const MEASUREMENTS: Readonly<Record<string, (baseline?: Baseline) => Promise<Report>>> = {
  gate: measureGate,
  'sign-ins': measureSignIns,
  redis: measureRedis,
  postgres: measurePostgres,
  latency: measureLatency,
  dispatch: measureDispatch,
  directory: measureDirectory,
  processes: measureProcesses,
  scale: measureScale,
  'scale-redis': measureScaleInRedis,
  siege: measureSiege,
  start: measureStart,
  'never-answered': measureNeverAnswered,
};
/** Last, one core each: the millions and what else is one process, whose bytes and own CPU count. */
const SIDE_BY_SIDE = [['scale'], ['scale-redis', 'siege', 'start', 'never-answered']];

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { baseline: { type: 'string' } },
});
const unknown = names.filter((name) => !Object.hasOwn(MEASUREMENTS, name));
if (unknown.length > 0)
  throw new Error(`There is no measurement ${unknown.join(', ')}: ${Object.keys(MEASUREMENTS).join(', ')}.`);
if (!import.meta.resolve('express-sms-otp').endsWith('/dist/index.mjs'))
  throw new Error('The built package is what is measured.');

const began = Date.now();
const baseline = options.baseline === undefined ? undefined : installBaseline(options.baseline);
const machine = {
  commit: commit(),
  ...(baseline !== undefined && { baseline: baseline.version }),
  node: process.version,
  processors: `${cpus().length} × ${cpus()[0]?.model}`,
  peers: peers(),
};
console.log(`${JSON.stringify(machine, null, 2)}\n`);
if (baseline === undefined) console.log('Without --baseline FILE.tgz there is no column of another version.\n');
const reports: Record<string, Report> = {};
const isLast = (name: string): boolean => SIDE_BY_SIDE.flat().includes(name);
await inTurn(Object.keys(MEASUREMENTS).filter((name) => !isLast(name)));
await Promise.all(SIDE_BY_SIDE.map(inTurn));
const missed = Object.values(reports).flatMap(({ goals }) => goals.filter((goal) => !isMet(goal)));
const seconds = Math.round((Date.now() - began) / 1000);
writeFileSync('bench/results.json', `${JSON.stringify({ ...machine, seconds, reports }, null, 2)}\n`);
console.log(`${missed.length} goals are not met. It took ${seconds} s; all figures are in bench/results.json.`);
process.exit();

async function inTurn(all: readonly string[]): Promise<void> {
  for (const name of all) {
    const measure = MEASUREMENTS[name];
    if (measure === undefined || (names.length > 0 && !names.includes(name))) continue;
    const report = await measure(baseline);
    reports[name] = report;
    console.log(format(report));
  }
}

function commit(): string {
  const git = (...args: readonly string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return git('describe', '--always', '--dirty');
}

/** The versions of what is compared with. */
function peers(): Readonly<Record<string, string>> {
  const names = ['express', 'express-session', 'passport', 'better-auth', 'libsql', 'smpp', 'ldapts', 'redis', 'pg'];
  const version = (name: string) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
  return Object.fromEntries(names.map((name) => [name, version(name)]));
}
