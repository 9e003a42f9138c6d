// Runs what takes too long, or downloads too much, for `npm test`: all of it by `npm run matrix`, some pieces by
// `npm run matrix -- 22 races`. On each Node that is supported (from the npm registry, the package `node`) it runs the tests that
// need no other program, and those of the packed tarball; files called `*.matrix.ts` run only here.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const FOLDERS = ['domain', 'http', 'locales', 'state', 'conformance', 'package'];
const LONGEST_MILLISECONDS = 2 * 3_600_000;
/** By the name of a piece, its runs. */
const PIECES = {
  20: onNode('20'),
  22: onNode('22'),
  24: onNode('24'),
  26: onNode('26'),
  races: [here('20 races of each pair', 'test/journeys/races.test.ts', { RACES: '20', ALL_STORES: '1' })],
  pages: [here('every page in every language', 'test/pages/accessibility.test.ts', { EVERY_PAGE: '1' })],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in PIECES));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. The pieces are: ${Object.keys(PIECES).join(', ')}.`);
  process.exit(1);
}
const results = (asked.length > 0 ? asked : Object.keys(PIECES)).flatMap((name) => PIECES[name]).map(run);
console.log(`\n${tableOf(results)}\n\n${lastLine(results)}`);
process.exit(results.every(({ hasPassed }) => hasPassed) ? 0 : 1);

/** A folder is a run of its own: a crash in one hides no other. */
function onNode(version) {
  const files = [
    ...FOLDERS.map((folder) => [folder, `test/${folder}/**/*.{test,matrix}.ts`]),
    ['restarts', 'test/smpp/*.matrix.ts'],
  ];
  return files.map(([title, pattern]) => ({ title: `Node ${version}, ${title}`, version, pattern, more: {} }));
}

/** A test file of `npm test` with more to do. */
function here(title, pattern, more) {
  return { title, pattern, more };
}

function run({ title, version, pattern, more }) {
  console.log(`\n=== ${title}`);
  const startedAt = performance.now();
  const node = version === undefined ? process.execPath : nodeOf(version);
  const told = node === undefined ? { told: `there is no Node ${version} to be had` } : test(node, pattern, more);
  return { title, hasPassed: false, minutes: (performance.now() - startedAt) / 60_000, ...told };
}

/** npx would run the Node of this machine if it has no other. */
function nodeOf(version) {
  const print = 'console.log(process.version, process.execPath)';
  const { stdout } = spawnSync('npx', ['-y', '-p', `node@${version}`, 'node', '-e', print], { encoding: 'utf8' });
  const [found = '', path] = (stdout ?? '').trim().split(/ (.*)/);
  console.log(found);
  return found.startsWith(`v${version}.`) ? path : undefined;
}

function test(node, pattern, more) {
  const folder = mkdtempSync(join(tmpdir(), 'matrix-'));
  const [counts, reporter] = [join(folder, 'counts'), '--reporter=./scripts/counting-reporter.mjs'];
  const mocha = [
    'node_modules/mocha/bin/mocha.js',
    '--no-config',
    '--import=tsx',
    '--timeout=60000',
    reporter,
    pattern,
  ];
  // Programs that the tests start find the same Node.
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH, MOCHA_COUNTS: counts, ...more };
  const { status } = spawnSync(node, mocha, { stdio: 'inherit', env, timeout: LONGEST_MILLISECONDS });
  const told = read(counts);
  rmSync(folder, { recursive: true });
  return { hasPassed: status === 0, told };
}

function read(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'ended before its tests did';
  }
}

/** A line for each run, as `passed  Node 24, http: 12 passed, 0 failed (2 min)`. */
function tableOf(results) {
  return results.map(lineOf).join('\n');
}

/** How many passed, and the names of the others, in one line. */
function lastLine(results) {
  const failed = results.filter(({ hasPassed }) => !hasPassed).map(({ title }) => title);
  const passed = `${results.length - failed.length} of ${results.length} passed.`;
  return failed.length === 0 ? `Matrix: ${passed}` : `Matrix: ${passed} Failed: ${failed.join('; ')}.`;
}

function lineOf({ title, hasPassed, told, minutes }) {
  return `${hasPassed ? 'passed' : 'FAILED'}  ${title}: ${told} (${Math.ceil(minutes)} min)`;
}
