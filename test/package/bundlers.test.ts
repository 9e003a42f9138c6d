import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { expect } from 'chai';
import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { InstalledPackage } from '../support/installed-package.ts';
import { readListing } from '../support/listing.ts';
import { environmentOf, expectSignIn, Trial } from '../support/trial.ts';

const APP = 'docs/getting-started.md';
const PAGE = 'docs/runtimes.md';

/** Each with the command, or its configuration file, that the page has. */
const BUNDLERS = [
  { name: 'esbuild, as an ES module', command: readListing(PAGE, 'esbuild-esm') },
  { name: 'esbuild, as CommonJS', command: readListing(PAGE, 'esbuild-cjs') },
  { name: 'rollup', command: 'rollup --config rollup.config.mjs' },
  { name: 'webpack', command: 'webpack --config webpack.config.mjs' },
  { name: 'ncc', command: readListing(PAGE, 'ncc') },
];

describe('a bundle made by', function () {
  this.timeout(300_000); // the bundlers have to be installed
  let project: InstalledPackage;
  let testbed: Testbed;
  /** Without node_modules, here and in every folder above. */
  let empty: string;
  let trial: Trial | undefined;

  before(() => {
    project = new InstalledPackage('copies');
    project.installBeside('bundlers');
    project.write('package.json', '{ "private": true, "type": "module" }');
    project.write('app.js', readListing(APP, 'real'));
    project.write('sms-otp.config.js', readListing(APP, 'sms-otp.config'));
    for (const name of ['rollup.config', 'webpack.config']) project.write(`${name}.mjs`, readListing(PAGE, name));
  });

  after(() => project?.close());

  beforeEach(async () => {
    empty = mkdtempSync(join(tmpdir(), 'bundle-'));
    project.remove('out');
    testbed = await startTestbed();
  });

  afterEach(async () => {
    await trial?.end();
    rmSync(empty, { recursive: true });
    await testbed.close();
  });

  for (const { name, command } of BUNDLERS) {
    it(`${name} signs people in, with stylesheet and script`, async () => {
      const path = [resolve('.build/beside/bundlers/node_modules/.bin'), process.env.PATH].join(delimiter);
      const { status, stdout, stderr } = await project.run(['sh', '-c', command], { PATH: path });
      expect(status, stdout + stderr).to.equal(0);
      const file = project.list('out').find((made) => /^(app|index)\.[cm]?js$/.test(made)) ?? expect.fail('no app');
      cpSync(join(project.folder, 'out'), empty, { recursive: true });
      trial = await Trial.start([process.execPath, file], empty, environmentOf(testbed));
      await expectSignIn(trial.url, testbed.smsc);
      expect(await trial.end()).to.equal(0);
    });
  }
});
