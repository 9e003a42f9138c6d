// Runs the tests that go through lib/domain and lib/http with coverage, and fails if either is below 95 % of lines or
// branches. The tests are built by tsc first: over tsx, c8 12 reports branches that no source has.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyAssets } from './assets.mjs';
import { ENTRIES } from './entries.mjs';
import { runNode } from './run.mjs';

const C8 = ['node_modules/c8/bin/c8.js', '--temp-directory=.build/coverage'];
const TESTS = [
  '.build/test/*.test.js',
  '.build/test/{assembly,domain,http,locales,smpp,state}/**/*.test.js',
  '.build/test/pages/render.test.js',
  '.build/test/journeys/{attacks,attacks-crawl,attacks-floods,attacks-requests,attacks-sessions,demo,numbers,silence}.test.js',
];
const MOCHA = ['node_modules/mocha/bin/mocha.js', '--no-config', '--forbid-only', '--timeout=60000'];

rmSync('.build', { recursive: true, force: true });
runNode('node_modules/typescript/bin/tsc', '-p', 'test');
writeFileSync('.build/package.json', JSON.stringify(manifest()));
for (const folder of ['lib', 'test', 'example-app', 'scripts']) copyAssets(folder, `.build/${folder}`);

runNode(...C8, '--include=.build/lib/**', '--reporter=text', process.execPath, ...MOCHA, ...TESTS);
const strict = ['--include=.build/lib/domain/**', '--include=.build/lib/http/**'];
runNode(...C8, 'check-coverage', ...strict, '--lines=95', '--branches=95');

/** In the build, too, the example app finds the package by its name, and the package its own versions. */
function manifest() {
  const entries = Object.entries(ENTRIES).map(([entry, module]) => [entry, `./lib/${module}.js`]);
  return { ...JSON.parse(readFileSync('package.json', 'utf8')), exports: Object.fromEntries(entries) };
}
