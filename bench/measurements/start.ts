import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Baseline } from '../baseline.ts';
import type { Report } from '../report.ts';
import { type Arm, type Figures, MANY_ROUNDS, Rounds } from '../rounds.ts';

/** The imported modules, by name; `node` is an empty program. */
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
/** The modules that an app has loaded before this package. */
const APP = ['express', 'express-session', 'redis'];
/** The part of an app's start that is this package's: what it loads, and what it makes. */
const STARTS: Readonly<Record<string, string>> = {
  'express-sms-otp, in an app': `await import('express-sms-otp');`,
  'express-sms-otp/redis, in an app': `await import('express-sms-otp/redis');`,
  'all of them, in an app': IMPORTS['all of them']?.map(importOf).join('\n') ?? '',
  'all of them, and smsOtp() made': `
    const [{ smsOtp, memoryState }, { LdapUserStore }, { SmppTransport }] = await Promise.all([
      import('express-sms-otp'), import('express-sms-otp/ldap'), import('express-sms-otp/smpp'), import('express-sms-otp/redis')]);
    smsOtp({ secret: 'a secret of the bench that is long enough', origin: 'https://app.example.org', shared: memoryState(),
      userStore: new LdapUserStore({ url: 'ldaps://127.0.0.1', baseDn: 'dc=example,dc=org' }),
      transport: new SmppTransport({ smscs: ['smpp://127.0.0.1:1'], source: 'Bench' }) });`,
};

/** The time to load it, and its size on disk. */
export async function measureStart(baseline?: Baseline): Promise<Report> {
  const arms = armsOf(baseline);
  const rounds = await Rounds.of(arms, MANY_ROUNDS);
  const [{ size, unpackedSize }] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts'));
  const own = arms.filter(({ name }) => !name.endsWith(BESIDE));
  const rows = own.map(({ name }) => ({
    import: name,
    'import ms': rounds.median(name, 'milliseconds'),
    'CPU ms': rounds.median(name, 'cpu'),
    'resident MB': rounds.median(name, 'rss') / 1e6,
    ...(baseline !== undefined && besideRow(rounds, name, baseline)),
    'installed MB': INSTALLED[name] === undefined ? '' : installedBytes(INSTALLED[name]) / 1e6,
  }));
  const title = `Start and size: packed ${Math.round(size / 1000)} kB, unpacked ${Math.round(unpackedSize / 1000)} kB`;
  return { title, rows, goals: baseline === undefined ? [] : goals(rounds, baseline) };
}

/** The end of an arm's name that is the other version's. */
const BESIDE = ', before';

function armsOf(baseline: Baseline | undefined): readonly Arm[] {
  const arm = (name: string, before: string, program: string, folder: string): Arm => ({
    name,
    round: async () => load(before, program, folder),
  });
  const programs = [
    ...Object.entries(IMPORTS).map(([name, modules]) => [name, '', modules.map(importOf).join('\n')] as const),
    ...Object.entries(STARTS).map(([name, program]) => [name, APP.map(importOf).join('\n'), program] as const),
  ];
  return programs.flatMap(([name, before, program]) => [
    arm(name, before, program, '.'),
    ...(baseline !== undefined && isOurs(name) ? [arm(name + BESIDE, before, program, baseline.folder)] : []),
  ]);
}

function isOurs(name: string): boolean {
  return name.startsWith('express-sms-otp') || name.startsWith('all of them');
}

/** The columns that tell figures as shares of the baseline's. */
function besideRow(rounds: Rounds, name: string, { version }: Baseline): Report['rows'][number] {
  const share = (figure: string) => (isOurs(name) ? rounds.ratio(name, name + BESIDE, figure) : '');
  return { [`CPU × ${version}`]: share('cpu'), [`resident × ${version}`]: share('rss') };
}

function goals(rounds: Rounds, { version }: Baseline): Report['goals'] {
  const names = [...Object.keys(IMPORTS), ...Object.keys(STARTS)].filter(isOurs);
  return names.flatMap((name) => [
    { claim: `CPU of ${name} × ${version}`, value: rounds.ratio(name, name + BESIDE, 'cpu'), atMost: 1 },
    { claim: `resident memory of ${name} × ${version}`, value: rounds.ratio(name, name + BESIDE, 'rss'), atMost: 1 },
  ]);
}

function importOf(name: string): string {
  return `await import('${name}');`;
}

/** @param folder from which modules are found */
function load(before: string, program: string, folder: string): Figures {
  const measured = `${before}
    const [start, used] = [performance.now(), process.cpuUsage()];
    ${program}
    const [milliseconds, { user, system }] = [performance.now() - start, process.cpuUsage(used)];
    console.log(JSON.stringify({ milliseconds, cpu: (user + system) / 1000, rss: process.memoryUsage().rss }));
    process.exit();`;
  const options = { encoding: 'utf8', cwd: folder } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', measured], options));
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
