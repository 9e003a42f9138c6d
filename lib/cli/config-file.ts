import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SmsOtpConfigError } from '../errors.ts';
import type { SmsOtpOptions } from '../options.ts';
import { Failure } from './failure.ts';

/**
 * The options in a file: its export `options`, or its default export; either may be a function that gives them, or a
 * promise of them. They are not checked yet.
 *
 * @throws SmsOtpConfigError as the file throws it; Failure, which says what to do, and nothing of the file's own,
 * since that may hold a secret
 */
export async function loadOptions(file: string): Promise<SmsOtpOptions> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new Failure(`${file}: there is no such file.`, 'Name the file that exports the options: --config FILE');
  }
  const options = await attempt(file, path, async () => {
    const { options: named, default: byDefault } = await import(pathToFileURL(path).href);
    const exported = named ?? byDefault;
    return typeof exported === 'function' ? exported() : exported;
  });
  if (typeof options === 'object' && options !== null) return options as SmsOtpOptions;
  throw new Failure(
    `${file}: it exports no options.`,
    'Export what the app passes to smsOtp(): export const options = { … }, or a function that gives it.',
  );
}

async function attempt(file: string, path: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    const problems = problemsOf(error);
    if (problems !== undefined) throw new SmsOtpConfigError(problems);
    throw new Failure(`${file}: ${describe(error, path)}.`, `To see all of it: node ${file}`);
  }
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
