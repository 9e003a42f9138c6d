import { expect } from 'chai';
import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { InstalledPackage } from '../support/installed-package.ts';
import { readListing } from '../support/listing.ts';
import { environmentOf, expectSignIn, Trial } from '../support/trial.ts';

const LISTINGS = ['app', 'sms-otp.config', 'server', 'app.test'];

describe('an app of CommonJS', function () {
  this.timeout(300_000); // Jest has to be installed
  let project: InstalledPackage;

  before(() => {
    project = new InstalledPackage();
    project.link('supertest');
    project.installBeside('jest');
    for (const name of LISTINGS) project.write(`${name}.js`, readListing('docs/runtimes.md', name));
  });

  after(() => project?.close());

  for (const [how, ...settings] of [
    ['with its default configuration'],
    ['without Babel', '--config={"transform":{}}'],
  ]) {
    it(`is tested by Jest 30, ${how}`, () => {
      const { stdout, stderr } = project.node('node_modules/jest/bin/jest.js', '--json', ...settings);
      expect(stdout, stderr).to.match(/^\{/);
      const { numPassedTests, numFailedTests } = JSON.parse(stdout);
      expect({ numPassedTests, numFailedTests }, stderr).to.deep.equal({ numPassedTests: 2, numFailedTests: 0 });
      expect(stderr).to.not.include('express-sms-otp:core warning');
    });
  }

  describe('with a directory and an SMSC', () => {
    let testbed: Testbed;
    let trial: Trial | undefined;

    beforeEach(async () => {
      testbed = await startTestbed();
    });

    afterEach(async () => {
      await trial?.end();
      await testbed.close();
    });

    it('signs people in, and ends cleanly', async () => {
      trial = await Trial.start([process.execPath, 'server.js'], project.folder, environmentOf(testbed));
      await expectSignIn(trial.url, testbed.smsc);
      expect(await trial.end()).to.equal(0);
    });

    it('has a configuration that the command reads', async () => {
      const doctor = ['node_modules/.bin/express-sms-otp', 'doctor', '--user', 'ada'];
      const { stdout, status } = await project.run([process.execPath, ...doctor], environmentOf(testbed));
      expect({ stdout, status }).to.deep.include({ status: 0 });
      expect(stdout).to.match(/^ok +person: found/m);
    });
  });
});
