import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SmsOtpConfigError } from '../errors.ts';
import { checkOptions } from '../schema/check-options.ts';
import { country, origin, url } from '../schema/option-values.ts';
import { readArguments } from './arguments.ts';
import { Failure, UsageError } from './failure.ts';
import { type Answers, configSource, type Format, linesForApp, sessionLine } from './init/templates.ts';
import { simulatorEnvironment } from './simulator.ts';
import type { Terminal } from './terminal.ts';

const FLAGS = {
  'app-name': { type: 'string' },
  origin: { type: 'string' },
  country: { type: 'string' },
  'login-url': { type: 'string' },
  format: { type: 'string' },
  folder: { type: 'string', default: '.' },
} as const;

const QUESTIONS = [
  { flag: 'app-name', name: 'appName', text: 'Name of the app, on the pages and in the SMS', fallback: 'My app' },
  { flag: 'origin', name: 'origin', text: 'Address that people open', fallback: 'http://localhost:3000' },
  { flag: 'country', name: 'country', text: 'Country of phone numbers without a country code, as SE', fallback: '' },
  {
    flag: 'login-url',
    name: 'loginUrl',
    text: "The app's own login page, as /login; empty if this package should ask for the password",
    fallback: '',
  },
] as const;

const FORMATS: readonly Format[] = ['esm', 'commonjs', 'typescript'];

const answersSchema = z.strictObject({
  appName: z.string().regex(/^[^\p{Cc}\u2028\u2029]{1,40}$/u, 'must be one line of 1 to 40 characters'),
  origin,
  country: z.union([z.literal(''), country], 'must be a country as SE'),
  loginUrl: z.union([z.literal(''), url], 'must be a path on this site, as /login'),
});

/** `init`: writes a configuration file and `.env` for the simulators, and prints the lines for the app. */
export async function init(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArguments(args, FLAGS);
  const { folder } = values;
  const manifest = readManifest(folder);
  const format = readFormat(values.format) ?? detectFormat(folder, manifest);
  const file = format === 'typescript' ? 'sms-otp.config.ts' : 'sms-otp.config.js';
  if (existsSync(join(folder, file))) throw new Failure(`${file} is there already; nothing was written.`);
  const answers = await readAnswers(values, terminal);
  // The configuration comes last: if it is there, all of it is.
  const added = writeEnvironment(folder, answers);
  writeFileSync(join(folder, file), configSource(answers, format), { flag: 'wx' });
  terminal.print(`Wrote ${file}.`);
  tellEnvironment(added, terminal);
  tellIgnored(folder, terminal);
  for (const line of nextSteps(answers, format, folder, manifest)) terminal.print(line);
  return 0;
}

type Values = Readonly<Partial<Record<(typeof QUESTIONS)[number]['flag'], string | undefined>>>;

async function readAnswers(values: Values, terminal: Terminal): Promise<Answers> {
  const given: Record<string, string> = {};
  for (const { flag, name, text, fallback } of QUESTIONS) {
    const hint = fallback === '' ? '' : ` [${fallback}]`;
    given[name] = values[flag] ?? ((await terminal.ask(`${text}${hint}: `))?.trim() || fallback);
  }
  try {
    return checkOptions(answersSchema, given, 'init');
  } catch (error) {
    if (error instanceof SmsOtpConfigError) throw new UsageError(error.problems.join('; '));
    throw error;
  }
}

interface Manifest {
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) throw new Failure('There is no package.json here.', 'Run this in the folder of the app.');
  return JSON.parse(readFileSync(path, 'utf8'));
}

function readFormat(text: string | undefined): Format | undefined {
  if (text === undefined) return undefined;
  const format = FORMATS.find((known) => known === text);
  if (format === undefined) throw new UsageError(`--format must be one of ${FORMATS.join(', ')}.`);
  return format;
}

/** A tsconfig.json beside a server in JavaScript is for what runs in the browser. */
function detectFormat(folder: string, { type }: Manifest): Format {
  if (existsSync(join(folder, 'tsconfig.json')) && !hasServerInJavaScript(folder)) return 'typescript';
  return type === 'module' ? 'esm' : 'commonjs';
}

function hasServerInJavaScript(folder: string): boolean {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = new Set(entries.map(({ name }) => name));
  // A compiler may write its JavaScript beside what it was made of.
  const written = [...names].filter((name) => /\.[cm]?js$/.test(name) && !names.has(name.replace(/js$/, 'ts')));
  return written.some((name) => /['"]express['"]/.test(readFileSync(join(folder, name), 'utf8')));
}

/** Adds what `.env` lacks, and changes no line of it. Gives the names of what it added. */
function writeEnvironment(folder: string, { origin }: Answers): readonly string[] {
  const path = join(folder, '.env');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const secret = (): string => randomBytes(32).toString('base64url');
  const wanted = { SESSION_SECRET: secret(), SMS_OTP_SECRET: secret(), ORIGIN: origin, ...simulatorEnvironment() };
  const isThere = (name: string): boolean => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`, 'm').test(before);
  const added = Object.entries(wanted).filter(([name]) => !isThere(name));
  if (added.length === 0) return [];
  const lines = added.map(([name, value]) => `${name}=${value}\n`).join('');
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  // Nobody else may read it.
  appendFileSync(path, gap + lines, { mode: 0o600 });
  return added.map(([name]) => name);
}

function tellEnvironment(names: readonly string[], terminal: Terminal): void {
  if (names.length === 0) terminal.print('.env has every value already.');
  else terminal.print(`Added to .env: ${names.join(', ')}. They lead to the simulators.`);
}

function tellIgnored(folder: string, terminal: Terminal): void {
  const path = join(folder, '.gitignore');
  const rules = existsSync(path) ? readFileSync(path, 'utf8').split(/\r?\n/) : [];
  const isIgnored = rules.some((rule) => ['.env', '/.env', '.env*', '*.env'].includes(rule.trim()));
  if (!isIgnored) terminal.print('Add .env to .gitignore: it holds secrets.');
}

/** Those without which TypeScript reads what the app imports as `any`. */
const DECLARATIONS = ['@types/node', '@types/express', '@types/express-session'];

function declarationLines(format: Format, { dependencies, devDependencies }: Manifest): readonly string[] {
  const missing = DECLARATIONS.filter((name) => !Object.hasOwn({ ...dependencies, ...devDependencies }, name));
  if (format !== 'typescript' || missing.length === 0) return [];
  return ['', `TypeScript needs declarations that are not here yet: npm install -D ${missing.join(' ')}`];
}

/** Node reads TypeScript by itself only if a module is named by its own extension; compilers want `.js` unless told. */
function extensionOf(format: Format, folder: string): '.ts' | '.js' {
  const path = join(folder, 'tsconfig.json');
  if (format !== 'typescript' || !existsSync(path)) return '.js';
  const isTold = /^\s*"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/m;
  return isTold.test(readFileSync(path, 'utf8')) ? '.ts' : '.js';
}

/** The doctor reads TypeScript only if its Node does. */
function doctorLines(format: Format): readonly string[] {
  if (format !== 'typescript') return ['  npx express-sms-otp doctor        checks all of it'];
  if ('typescript' in process.features && process.features.typescript !== false)
    return ['  npx express-sms-otp doctor --config sms-otp.config.ts'];
  return [
    '  npx express-sms-otp doctor --config FILE   checks all of it; FILE is what your compiler makes of sms-otp.config.ts',
  ];
}

function nextSteps(answers: Answers, format: Format, folder: string, manifest: Manifest): readonly string[] {
  const session = manifest.dependencies?.['express-session']
    ? []
    : ['', 'The app has no express-session yet: npm install express-session, and before the last line:', ''].concat(
        sessionLine(format).map((line) => `  ${line}`),
      );
  return [
    '',
    'Three lines for the app, the last one after the session and before what needs both factors:',
    '',
    ...linesForApp(format, extensionOf(format, folder)).map((line) => `  ${line}`),
    ...session,
    ...declarationLines(format, manifest),
    '',
    'Then, each in a terminal of its own:',
    '',
    '  npx express-sms-otp simulator     an SMSC, a directory and a phone: http://127.0.0.1:3001',
    ...doctorLines(format),
    ...(answers.loginUrl === '' ? ['', 'Start the app, and sign in as ada (lovelace).'] : []),
  ];
}
