import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { within } from '../deadline.ts';
import { SmsOtpConfigError } from '../errors.ts';
import type { SmsOtpOptions } from '../options.ts';
import { Failure } from './failure.ts';

/** A client that waits for a dead Redis, say, would wait for ever. */
const TIMEOUT_MILLISECONDS = 15_000;
/** What else the file may be called. */
const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];
const READ_TYPESCRIPT =
  'With tsx installed, node --import tsx node_modules/express-sms-otp/dist/cli/main.js does. Or compile the file.';

/**
 * The options in a file: its export `options`, or its default export; either may be a function that gives them, or a
 * promise of them. They are not checked yet.
 *
 * @throws SmsOtpConfigError as the file throws it; Failure, which says what to do, and nothing of the file's own,
 * since that may hold a secret
 */
export async function loadOptions(file: string, timeoutMilliseconds = TIMEOUT_MILLISECONDS): Promise<SmsOtpOptions> {
  const path = resolve(file);
  if (!existsSync(path)) throw missing(file);
  const late = () =>
    new Failure(`${file}: it is not done within ${timeoutMilliseconds} ms.`, 'Does it wait for a server that is down?');
  const options = await within(load(path), timeoutMilliseconds, late).catch((error: unknown) => {
    throw explain(error, file, path);
  });
  if (typeof options === 'object' && options !== null) return options as SmsOtpOptions;
  throw new Failure(
    `${file}: it exports no options.`,
    'Export what the app passes to smsOtp(): export const options = { … }, or a function that gives it.',
  );
}

async function load(path: string): Promise<unknown> {
  const { options, default: byDefault } = await import(pathToFileURL(path).href);
  const exported = options ?? byDefault;
  return typeof exported === 'function' ? exported() : exported;
}

function missing(file: string): Failure {
  const stem = file.slice(0, file.length - extname(file).length);
  const other = EXTENSIONS.map((extension) => stem + extension).find((name) => existsSync(name));
  if (other === undefined) {
    const remedy = 'Write one that exports what the app passes to smsOtp(), or name it by --config FILE.';
    return new Failure(`${file}: there is no such file.`, remedy);
  }
  const more = other.endsWith('ts') ? [`Where Node does not read TypeScript: ${READ_TYPESCRIPT}`] : [];
  return new Failure(`${file}: there is no such file, but ${other} is there.`, `Name it (--config ${other}).`, ...more);
}

function explain(error: unknown, file: string, path: string): Error {
  if (error instanceof Failure) return error;
  if (isAboutTypeScript(error)) return new Failure(`${file}: this Node cannot read its TypeScript.`, READ_TYPESCRIPT);
  const problems = problemsOf(error);
  if (problems !== undefined) return new SmsOtpConfigError(problems);
  return new Failure(`${file}: ${describe(error, path)}.`, `To see all of it: node ${file}`);
}

/** Known by its shape: the file may have another copy of this package. */
function problemsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || error.name !== 'SmsOtpConfigError' || !('problems' in error)) return undefined;
  return Array.isArray(error.problems) ? error.problems.map(String) : undefined;
}

/** Node 20 reads none; later ones, only what vanishes when its types are left out. */
function isAboutTypeScript(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const isUnknown =
    error.code === 'ERR_UNKNOWN_FILE_EXTENSION' && /^Unknown file extension "\.[mc]?tsx?"/.test(error.message);
  return isUnknown || /TYPESCRIPT_SYNTAX$/.test(String(error.code));
}

function describe(error: unknown, path: string): string {
  if (!(error instanceof Error)) return 'it threw what is no Error';
  // This text has a package's name or a path, and nothing that the file has read.
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return error.message.replace(/\.$/, '');
  const [, line] = error.stack?.split(pathToFileURL(path).href)[1]?.match(/^:(\d+)/) ?? [];
  return `it threw ${error.name}${line === undefined ? '' : ` in line ${line}`}`;
}
