import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The declarations of a listing for its test. */
const RESULTS = ['app', 'otp', 'server', 'api', 'options', 'userStore', 'directory', 'clients', 'query'];

/**
 * The text of a listing of a page in docs/.
 *
 * @param name the word behind ```js, ```ts or ```sh
 */
export function readListing(page: string, name: string): string {
  const [, listing] =
    new RegExp(`^\`\`\`(?:js|ts|sh) ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(readFileSync(page, 'utf8')) ?? [];
  if (listing === undefined) throw new Error(`${page} has no listing called ${name}.`);
  return listing;
}

/**
 * Runs a listing of a page in docs/: its imports as they stand, what it takes for granted from `given`.
 *
 * @param name the word behind ```js
 * @returns what it has declared of `RESULTS`
 */
export async function runListing<Result>(
  page: string,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Result> {
  const lines = readListing(page, name).split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const body = lines.filter((line) => !line.startsWith('import '));
  const results = RESULTS.map((result) => `${result}: typeof ${result} === 'undefined' ? undefined : ${result}`);
  const program = [
    ...imports,
    `export async function run({ ${Object.keys(given).join(', ')} }) {`,
    ...body,
    `return { ${results.join(', ')} };`,
    '}',
  ];
  mkdirSync('.build/listings', { recursive: true });
  // Beside the tests' own build plain JavaScript, else what the loader of TypeScript takes.
  const file = resolve(`.build/listings/${name}.m${extname(import.meta.url).slice(1)}`);
  writeFileSync(file, program.join('\n'));
  const { run } = await import(pathToFileURL(file).href);
  return run(given);
}
