import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('.', import.meta.url));
const BUILD = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = 'node_modules/express-sms-otp';

/** Another version of the package, from its tarball: `Child.startBaseline` runs it. */
export interface Baseline {
  /** As `0.1.0`. */
  readonly version: string;
  /** A copy of this bench. There `express-sms-otp` is the other version; all other packages are this project's own. */
  readonly folder: string;
}

/** Unpacks it beside the bench; it goes with this process. */
export function unpackBaseline(tarball: string): Baseline {
  const home = mkdtempSync(join(BUILD, 'baseline-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  const packageFolder = join(home, PACKAGE);
  mkdirSync(packageFolder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', packageFolder, '--strip-components=1']);
  // Without a name of its own, or the package would be found in the folders above.
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }\n');
  for (const folder of ['bench', 'lib']) cpSync(join(BUILD, folder), join(home, folder), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return { version, folder: join(home, BENCH.slice(BUILD.length)) };
}
