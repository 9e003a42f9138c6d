import { expect } from 'chai';
import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { Client } from '../support/client.ts';
import { InstalledPackage } from '../support/installed-package.ts';
import { readListing } from '../support/listing.ts';
import { environmentOf, expectSignIn, Trial } from '../support/trial.ts';

const PAGE = 'docs/nextjs.md';
const LAYOUT = 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;\n';

describe('Next.js 16 behind Express', function () {
  this.timeout(600_000); // Next has to be installed, and to build
  let project: InstalledPackage;
  let testbed: Testbed;
  let trial: Trial | undefined;

  before(async () => {
    project = new InstalledPackage();
    project.installBeside('nextjs');
    project.write('package.json', '{ "private": true, "type": "module" }');
    project.write('server.js', readListing(PAGE, 'server'));
    // Next sets NODE_ENV to production, and this app has neither a session store nor TLS.
    const allowInsecure = "allowInsecure: ['memorySessions', 'insecureCookie'],";
    const config = readListing('docs/getting-started.md', 'sms-otp.config');
    project.write('sms-otp.config.js', config.replace("appName: 'Hello',", `appName: 'Hello', ${allowInsecure}`));
    project.write('app/dashboard/page.js', readListing(PAGE, 'page'));
    project.write('app/layout.js', LAYOUT);
    // Turbopack refuses packages that are linked from another folder.
    const build = [process.execPath, 'node_modules/next/dist/bin/next', 'build', '--webpack'];
    const { status, stdout, stderr } = await project.run(build, { NEXT_TELEMETRY_DISABLED: '1' });
    expect(status, stdout + stderr).to.equal(0);
    testbed = await startTestbed();
  });

  after(async () => {
    await trial?.end();
    await testbed?.close();
    project?.close();
  });

  it('is reached with both factors, and knows who is there', async () => {
    trial = await Trial.start([process.execPath, 'server.js'], project.folder, environmentOf(testbed));
    const browser = await expectSignIn(trial.url, testbed.smsc);
    const headers = { Cookie: browser.cookie, 'X-Signed-In-As': 'root' };
    const page = await (await fetch(`${trial.url}/dashboard`, { headers })).text();
    expect(page).to.include('Hello Ada Lovelace').and.not.include('root');
    const [script = ''] = /\/_next\/static\/[^"\\]+\.js/.exec(page) ?? [];
    expect((await fetch(trial.url + script, { headers })).status).to.equal(200);
    expect((await new Client(trial.url).get(script)).code).to.equal('SIGN_IN_REQUIRED');
    expect(await trial.end()).to.equal(0);
  });
});
