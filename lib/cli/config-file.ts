import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { within } from '../deadline.ts';
import { SmsOtpConfigError } from '../errors.ts';
import type { SmsOtpOptions } from '../options.ts';
import { Failure } from './failure.ts';

/** The file may wait for ever, for example for a Redis that is down. */
const TIMEOUT_MILLISECONDS = 15_000;
/** Other extensions that the file may have. */
const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];
const EXPORTS_APP = 'The file exports the app or the middleware, not the options.';
const EXPORT_OPTIONS =
  'Export what the app passes to smsOtp(): export const options = { … }, or a function that returns it.';
const READ_TYPESCRIPT =
  'Install tsx and run node --import tsx node_modules/express-sms-otp/dist/cli/main.js, or compile the file.';

/**
 * The options in a file, not yet checked: its export `options`, or its default export. Either may be a function that
 * returns them, or a promise of them.
 *
 * @throws SmsOtpConfigError if the file throws it; Failure, which says what to do and quotes nothing of the file,
 * because that may contain a secret
 */
export async function loadOptions(file: string, timeoutMilliseconds = TIMEOUT_MILLISECONDS): Promise<SmsOtpOptions> {
  const path = resolve(file);
  if (!existsSync(path)) throw missing(file);
  const late = () =>
    new Failure(
      `${file}: it did not finish within ${timeoutMilliseconds} ms.`,
      'Does it wait for a server that is down?',
    );
  const options = await within(load(path), timeoutMilliseconds, late).catch((error: unknown) => {
    throw explain(error, file, path);
  });
  if (typeof options === 'object' && options !== null) return options as SmsOtpOptions;
  throw new Failure(`${file}: it exports no options.`, EXPORT_OPTIONS);
}

async function load(path: string): Promise<unknown> {
  const exported = exportOf(await import(pathToFileURL(path).href));
  if (isHandler(exported)) throw new Failure(EXPORTS_APP, EXPORT_OPTIONS);
  return typeof exported === 'function' ? exported() : exported;
}

/** CommonJS has its exports below `default`, and a compiler's default export below that. */
function exportOf({ options, default: inner }: { readonly options?: unknown; readonly default?: unknown }): unknown {
  if (options !== undefined || typeof inner !== 'object' || inner === null) return options ?? inner;
  if ('options' in inner) return inner.options;
  return 'default' in inner ? inner.default : inner;
}

/** An Express app, a router and the handler of `smsOtp()` are functions, too. */
function isHandler(exported: unknown): boolean {
  return typeof exported === 'function' && ['handle', 'requireSmsOtp'].some((part) => part in exported);
}

function missing(file: string): Failure {
  const stem = file.slice(0, file.length - extname(file).length);
  const other = EXTENSIONS.map((extension) => stem + extension).find((name) => existsSync(name));
  if (other === undefined) {
    const remedy = 'Write one that exports what the app passes to smsOtp(), or name it by --config FILE.';
    return new Failure(`${file}: there is no such file.`, remedy);
  }
  const more = other.endsWith('ts') ? [`If this Node does not read TypeScript: ${READ_TYPESCRIPT}`] : [];
  return new Failure(`${file}: there is no such file, but ${other} is there.`, `Name it (--config ${other}).`, ...more);
}

function explain(error: unknown, file: string, path: string): Error {
  if (error instanceof Failure) return error;
  if (isAboutTypeScript(error)) return new Failure(`${file}: this Node cannot read its TypeScript.`, READ_TYPESCRIPT);
  const problems = problemsOf(error);
  if (problems !== undefined) return new SmsOtpConfigError(problems);
  return new Failure(`${file}: ${describe(error, path)}.`, `To see the whole error: node ${file}`);
}

/** Recognised by its shape: the file may load another copy of this package. */
function problemsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || error.name !== 'SmsOtpConfigError' || !('problems' in error)) return undefined;
  return Array.isArray(error.problems) ? error.problems.map(String) : undefined;
}

/** Node 20 reads no TypeScript; later versions read only what they can erase. */
function isAboutTypeScript(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const isUnknown =
    error.code === 'ERR_UNKNOWN_FILE_EXTENSION' && /^Unknown file extension "\.[mc]?tsx?"/.test(error.message);
  return isUnknown || /TYPESCRIPT_SYNTAX$/.test(String(error.code));
}

function describe(error: unknown, path: string): string {
  if (!(error instanceof Error)) return 'it threw something that is not an Error';
  // This text contains a package's name or a path, and nothing that the file has read.
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return error.message.replace(/\.$/, '');
  const [, line] = error.stack?.split(pathToFileURL(path).href)[1]?.match(/^:(\d+)/) ?? [];
  return `it threw ${error.name}${line === undefined ? '' : ` in line ${line}`}`;
}
