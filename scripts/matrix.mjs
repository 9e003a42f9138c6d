// Runs the tests that need no other program, and those of the packed tarball, on every Node that is supported:
// `npm run matrix [-- 22 24]`. Each Node comes from the npm registry (the package `node`). Files called `*.matrix.ts` run
// only here: they take long, or download much.
import { spawnSync } from 'node:child_process';

const VERSIONS = ['20', '22', '24', '26'];
const FOLDERS = ['domain', 'http', 'locales', 'state', 'conformance', 'package'];

const chosen = process.argv.length > 2 ? process.argv.slice(2) : VERSIONS;
const failed = chosen.filter((version) => !passesOn(version));
if (!winsRaces()) failed.push('here, in the races');
if (failed.length > 0) {
  console.error(`\nFailed on Node ${failed.join(', ')}.`);
  process.exit(1);
}
console.log(`\nAll passed on Node ${chosen.join(', ')}.`);

/** The same races as in `npm test`, but 20 of each pair. */
function winsRaces() {
  console.log('\n=== Races at four processes');
  const mocha = ['node_modules/mocha/bin/mocha.js', 'test/journeys/races.test.ts'];
  const env = { ...process.env, RACES: '20' };
  return spawnSync(process.execPath, mocha, { stdio: 'inherit', env }).status === 0;
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
