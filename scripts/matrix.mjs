// Runs the tests that need no other program, and those of the packed tarball, on every Node that is supported:
// `npm run matrix [-- 22 24]`. Each Node comes from the npm registry (the package `node`). Files called `*.matrix.ts` run
// only here: they take long, or download much.
import { spawnSync } from 'node:child_process';

const VERSIONS = ['20', '22', '24', '26'];
const FOLDERS = ['domain', 'http', 'locales', 'state', 'conformance', 'package'];

const chosen = process.argv.length > 2 ? process.argv.slice(2) : VERSIONS;
const failed = chosen.filter((version) => !passesOn(version));
if (!passesHere('Races at four processes', 'test/journeys/races.test.ts', { RACES: '20' }))
  failed.push('here, in the races');
if (!passesHere('Every page in every language', 'test/pages/accessibility.test.ts', { EVERY_PAGE: '1' })) {
  failed.push('here, in the pages');
}
if (failed.length > 0) {
  console.error(`\nFailed on Node ${failed.join(', ')}.`);
  process.exit(1);
}
console.log(`\nAll passed on Node ${chosen.join(', ')}.`);

/** A test file of `npm test` with more to do: 20 races of each pair, all pages in all languages. */
function passesHere(title, file, more) {
  console.log(`\n=== ${title}`);
  const mocha = ['node_modules/mocha/bin/mocha.js', file];
  return spawnSync(process.execPath, mocha, { stdio: 'inherit', env: { ...process.env, ...more } }).status === 0;
}

function passesOn(version) {
  const node = ['-y', '-p', `node@${version}`, 'node'];
  const { stdout, stderr } = spawnSync('npx', [...node, '--version'], { encoding: 'utf8' });
  // npx would run the Node of this machine if it has no other.
  if (!stdout.startsWith(`v${version}.`)) {
    console.error(`\nThere is no Node ${version} to be had: ${stdout}${stderr}`);
    return false;
  }
  console.log(`\n=== Node ${stdout.trim()}`);
  const mocha = ['node_modules/mocha/bin/mocha.js', '--no-config', '--import=tsx', '--timeout=60000', '--reporter=dot'];
  const files = [...FOLDERS.map((folder) => `test/${folder}/**/*.{test,matrix}.ts`), 'test/smpp/*.matrix.ts'];
  return spawnSync('npx', [...node, ...mocha, ...files], { stdio: 'inherit' }).status === 0;
}
