import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Finding } from '../domain/ports.ts';

interface OwnPackage {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

/** This package's package.json. */
export function ownPackage(): OwnPackage {
  return createRequire(import.meta.url)('../../package.json');
}

/** Checks Node's version, and those of the packages that the app installs, resolved from the configuration file. */
export function* examineVersions(configFile: string): Generator<Finding> {
  const { version, engines, peerDependencies, peerDependenciesMeta } = ownPackage();
  yield { check: 'express-sms-otp', status: 'ok', detail: version };
  yield judge('node', process.versions.node, engines.node);
  for (const [name, range] of Object.entries(peerDependencies)) {
    if (name.startsWith('@types/')) continue; // only the compiler needs them
    const found = installedVersion(name, configFile);
    const isOptional = peerDependenciesMeta[name]?.optional === true;
    if (found !== undefined || !isOptional) yield judge(name, found, range);
  }
}

function judge(check: string, version: string | undefined, range = ''): Finding {
  if (version !== undefined && isInRange(version, range)) return { check, status: 'ok', detail: version };
  const detail = version === undefined ? 'it is not installed' : `${version} is not among ${range}`;
  return { check, status: 'failed', detail, remedy: `Install ${check} ${range}.` };
}

/** Reads `package.json` by its path: a package need not export it. */
function installedVersion(name: string, configFile: string): string | undefined {
  const folders = createRequire(resolve(configFile)).resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, 'package.json')).find((path) => existsSync(path));
  return file && JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Whether a version is in a range of `^x.y.z` and `>=x.y.z`, joined by `||`. */
export function isInRange(version: string, range: string): boolean {
  const given = numbersOf(version);
  return range.split('||').some((part) => {
    const lowest = numbersOf(part);
    const isMajor = !part.trim().startsWith('^') || given[0] === lowest[0];
    return isMajor && compare(given, lowest) >= 0;
  });
}

function numbersOf(text: string): readonly number[] {
  return (/\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number);
}

function compare(left: readonly number[], right: readonly number[]): number {
  const place = right.findIndex((number, index) => number !== left[index]);
  return place === -1 ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
}
