import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';

const BENCH = fileURLToPath(new URL('.', import.meta.url));
const BUILD = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = 'node_modules/express-sms-otp';

/** Another version of the package, from its tarball: `Child.startBaseline` runs it. */
export interface Baseline {
  /** As `0.1.0`. */
  readonly version: string;
  /** A copy of this bench, in which `express-sms-otp` is the other version, with the dependencies that it names. */
  readonly folder: string;
}

/** A version of the package, by the way its processes are started. */
export interface Version {
  readonly name: string;
  readonly start: typeof Child.start;
}

const PRODUCT = 'express-sms-otp';

/** Installs it beside the bench; it goes with this process. */
export function installBaseline(tarball: string): Baseline {
  const home = mkdtempSync(join(BUILD, 'baseline-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  // Without a name of its own, or the package would be found in the folders above.
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }\n');
  // Peers stay those of this project: both versions run on the same Express and the same client of Redis.
  const quietly = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...quietly, resolve(tarball)], { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const folder of ['bench', 'lib']) cpSync(join(BUILD, folder), join(home, folder), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(home, PACKAGE, 'package.json'), 'utf8'));
  return { version, folder: join(home, BENCH.slice(BUILD.length)) };
}

/** This package and, if it is there, the baseline, each with the name that its arm has. */
export function versionsOf(baseline: Baseline | undefined): readonly Version[] {
  const own: Version = { name: PRODUCT, start: Child.start };
  if (baseline === undefined) return [own];
  const start: Version['start'] = (...args) => Child.startBaseline(baseline, ...args);
  return [own, { name: `${PRODUCT} ${baseline.version}`, start }];
}

/** The column that tells a figure as a share of the baseline's; none without a baseline. */
export function besideBaseline(baseline: Baseline | undefined, share: (version: string) => number) {
  return baseline === undefined ? {} : { [`× ${baseline.version}`]: share(`${PRODUCT} ${baseline.version}`) };
}
