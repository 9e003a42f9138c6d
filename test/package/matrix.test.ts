import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

/** Stands in for Mocha: one folder fails, one crashes, and the others pass. */
const MOCHA = `
const [pattern] = process.argv.slice(-1);
console.log(pattern, process.env.RACES ?? '', process.env.ALL_STORES ?? '', process.env.EVERY_PAGE ?? '');
if (pattern.includes('/http/')) process.exit(7);
const hasFailed = pattern.includes('/state/');
require('node:fs').writeFileSync(process.env.MOCHA_COUNTS, hasFailed ? '2 passed, 1 failed\\n' : '3 passed, 0 failed\\n');
process.exit(hasFailed ? 1 : 0);
`;
/** Stands in for npx, which has the Node of this process under the name of 22, and of no other. */
const NPX = `case "$3" in node@22) echo "v22.1.0 ${process.execPath}" ;; *) echo 'v20.0.0 /nowhere/node' ;; esac`;

describe('the matrix', () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'matrix-test-'));
    cpSync('scripts', join(clone, 'scripts'), { recursive: true });
    for (const folder of ['bin', 'node_modules/mocha/bin']) mkdirSync(join(clone, folder), { recursive: true });
    writeFileSync(join(clone, 'node_modules/mocha/bin/mocha.js'), MOCHA);
    writeFileSync(join(clone, 'bin/npx'), `#!/bin/sh\n${NPX}\n`, { mode: 0o755 });
  });

  afterEach(() => rmSync(clone, { recursive: true }));

  it('runs every piece although some fail, and ends in one line of what failed', () => {
    const { status, stdout } = matrix('24', '22', 'races', 'pages');
    expect(status).to.equal(1);
    expect(stdout).to.match(/^test\/journeys\/races\.test\.ts 20 1 $/m);
    expect(stdout).to.match(/^test\/pages\/accessibility\.test\.ts {3}1$/m);
    expect(stdout).to.match(/^FAILED {2}Node 24, domain: there is no Node 24 to be had \(\d+ min\)$/m);
    expect(stdout).to.match(/^FAILED {2}Node 22, http: ended before its tests did \(\d+ min\)$/m);
    expect(stdout).to.match(/^FAILED {2}Node 22, state: 2 passed, 1 failed \(\d+ min\)$/m);
    expect(stdout).to.match(/^passed {2}Node 22, package: 3 passed, 0 failed \(\d+ min\)$/m);
    const none = ['domain', 'http', 'locales', 'state', 'conformance', 'package', 'restarts'].map(
      (at) => `Node 24, ${at}`,
    );
    const failed = [...none, 'Node 22, http', 'Node 22, state'];
    expect(stdout.trimEnd().split('\n').at(-1)).to.equal(`Matrix: 7 of 16 passed. Failed: ${failed.join('; ')}.`);
  });

  it('ends well if all has passed', () => {
    const { status, stdout } = matrix('races', 'pages');
    expect(status).to.equal(0);
    expect(stdout.trimEnd().split('\n').at(-1)).to.equal('Matrix: 2 of 2 passed.');
  });

  it('names its pieces if it is asked for another', () => {
    const { status, stdout, stderr } = matrix('22', 'rases');
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.equal('There is no rases. The pieces are: 20, 22, 24, 26, races, pages.\n');
  });

  function matrix(...names: readonly string[]) {
    const PATH = `${join(clone, 'bin')}:${process.env.PATH}`;
    const { RACES, ALL_STORES, EVERY_PAGE, ...environment } = process.env;
    return spawnSync(process.execPath, ['scripts/matrix.mjs', ...names], {
      cwd: clone,
      env: { ...environment, PATH },
      encoding: 'utf8',
    });
  }
});
