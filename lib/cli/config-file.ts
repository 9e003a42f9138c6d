import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { within } from '../deadline.ts';
import { SmsOtpConfigError } from '../errors.ts';
import type { SmsOtpOptions } from '../options.ts';
import { Failure } from './failure.ts';

/** A client that waits for a dead Redis, say, would wait for ever. */
const TIMEOUT_MILLISECONDS = 15_000;

/**
 * The options in a file: its export `options`, or its default export; either may be a function that gives them, or a
 * promise of them. They are not checked yet.
 *
 * @throws SmsOtpConfigError as the file throws it; Failure, which says what to do, and nothing of the file's own,
 * since that may hold a secret
 */
export async function loadOptions(file: string, timeoutMilliseconds = TIMEOUT_MILLISECONDS): Promise<SmsOtpOptions> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new Failure(`${file}: there is no such file.`, 'Name the file that exports the options: --config FILE');
  }
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

function explain(error: unknown, file: string, path: string): Error {
  if (error instanceof Failure) return error;
  const problems = problemsOf(error);
  if (problems !== undefined) return new SmsOtpConfigError(problems);
  return new Failure(`${file}: ${describe(error, path)}.`, `To see all of it: node ${file}`);
}

/** Known by its shape: the file may have another copy of this package. */
function problemsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || error.name !== 'SmsOtpConfigError' || !('problems' in error)) return undefined;
  return Array.isArray(error.problems) ? error.problems.map(String) : undefined;
}

function describe(error: unknown, path: string): string {
  if (!(error instanceof Error)) return 'it threw what is no Error';
  // This text has a package's name or a path, and nothing that the file has read.
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return error.message.replace(/\.$/, '');
  const [, line] = error.stack?.split(pathToFileURL(path).href)[1]?.match(/^:(\d+)/) ?? [];
  return `it threw ${error.name}${line === undefined ? '' : ` in line ${line}`}`;
}
