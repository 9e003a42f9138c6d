import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Finding } from '../../domain/finding.ts';
import { ownPackage } from '../own-package.ts';
import { isInRange } from './version-range.ts';

/** Node's version, and those of the packages that the app brings, as they are found from the configuration file. */
export function* examineVersions(configFile: string): Generator<Finding> {
  const { version, engines, peerDependencies, peerDependenciesMeta } = ownPackage();
  yield { check: 'express-sms-otp', status: 'ok', detail: version };
  yield judge('node', process.versions.node, engines.node);
  for (const [name, range] of Object.entries(peerDependencies)) {
    if (name.startsWith('@types/')) continue; // they matter to the compiler only
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

/** `package.json` is read by its path: a package need not export it. */
function installedVersion(name: string, configFile: string): string | undefined {
  const folders = createRequire(resolve(configFile)).resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, 'package.json')).find((path) => existsSync(path));
  return file && JSON.parse(readFileSync(file, 'utf8')).version;
}
