import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../report.ts';
import { type Arm, Rounds } from '../rounds.ts';

/** The imported module, by name; `node` is an empty program. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  node: [],
  'express + express-session': ['express', 'express-session'],
  passport: ['passport', 'passport-local'],
  'better-auth + two-factor': ['better-auth', 'better-auth/plugins', 'better-auth/node'],
  'express-sms-otp': ['express-sms-otp'],
  'express-sms-otp/ldap': ['express-sms-otp/ldap'],
  'express-sms-otp/smpp': ['express-sms-otp/smpp'],
  'express-sms-otp/redis': ['express-sms-otp/redis'],
  'all of them': ['express-sms-otp', 'express-sms-otp/ldap', 'express-sms-otp/smpp', 'express-sms-otp/redis'],
};
/** The packages whose files on disk are counted, with all that they depend on; without optional peers. */
const INSTALLED: Readonly<Record<string, string>> = {
  passport: 'passport',
  'better-auth + two-factor': 'better-auth',
  'all of them': '.',
};

/** The time to load it, and its size on disk. */
export async function measureStart(): Promise<Report> {
  const arms = Object.entries(IMPORTS).map(([name, modules]): Arm => ({ name, round: async () => load(modules) }));
  const rounds = await Rounds.of(arms);
  const [{ size, unpackedSize }] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts'));
  const rows = arms.map(({ name }) => ({
    import: name,
    'import ms': rounds.median(name, 'milliseconds'),
    'resident MB': rounds.median(name, 'rss') / 1e6,
    'installed MB': INSTALLED[name] === undefined ? '' : installedBytes(INSTALLED[name]) / 1e6,
  }));
  const title = `Start and size: packed ${Math.round(size / 1000)} kB, unpacked ${Math.round(unpackedSize / 1000)} kB`;
  return { title, rows, goals: [] };
}

function load(modules: readonly string[]): { readonly milliseconds: number; readonly rss: number } {
  const imports = modules.map((name) => `await import('${name}');`).join('\n');
  const program = `const start = performance.now();\n${imports}\nconst milliseconds = performance.now() - start;
    console.log(JSON.stringify({ milliseconds, rss: process.memoryUsage().rss }));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }));
}

function npm(...args: readonly string[]): string {
  return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The package's own files, and once each those of everything below it. */
function installedBytes(root: string): number {
  const seen = new Set<string>();
  const visit = (folder: string): number => {
    if (seen.has(folder)) return 0;
    seen.add(folder);
    const own = folder === '.' ? bytesIn('dist') : bytesIn(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const below = Object.keys(dependencies).map((name) => visit(find(folder, name)));
    return below.reduce((sum, bytes) => sum + bytes, own);
  };
  return visit(root === '.' ? root : join('node_modules', root));
}

/** As Node finds a module: nearest first. */
function find(folder: string, name: string): string {
  const nested = join(folder, 'node_modules', name);
  if (statSync(nested, { throwIfNoEntry: false }) !== undefined) return nested;
  return join('node_modules', name);
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true });
  return files
    .filter((file) => file.isFile() && !join(file.parentPath, file.name).slice(folder.length).includes('node_modules'))
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
