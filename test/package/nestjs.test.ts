import { resolve } from 'node:path';
import { expect } from 'chai';
import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { Client } from '../support/client.ts';
import { InstalledPackage } from '../support/installed-package.ts';
import { readListing } from '../support/listing.ts';
import { environmentOf, expectSignIn, Trial } from '../support/trial.ts';

const PAGE = 'docs/nestjs.md';
const COMPILER_OPTIONS = {
  ...{ module: 'nodenext', target: 'es2022', lib: ['es2023'], types: ['node'], strict: true, outDir: 'out' },
  ...{ experimentalDecorators: true, emitDecoratorMetadata: true, skipLibCheck: true },
};

describe('an app of NestJS 12', function () {
  this.timeout(300_000); // Nest has to be installed
  let project: InstalledPackage;
  let testbed: Testbed;
  let trial: Trial | undefined;

  before(() => {
    project = new InstalledPackage();
    project.installBeside('nestjs');
    project.write('package.json', '{ "private": true, "type": "module" }');
    for (const name of ['main', 'otp', 'app.module']) project.write(`${name}.ts`, readListing(PAGE, name));
    project.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['main.ts'] }));
  });

  after(() => project?.close());

  beforeEach(async () => {
    testbed = await startTestbed();
  });

  afterEach(async () => {
    await trial?.end();
    await testbed.close();
  });

  /** Compiles what is there, and starts it. */
  async function start(): Promise<Trial> {
    const tsc = project.node(resolve('node_modules/typescript/bin/tsc'), '-p', '.', '--pretty', 'false');
    expect(tsc.stdout).to.equal('');
    trial = await Trial.start([process.execPath, 'out/main.js'], project.folder, environmentOf(testbed));
    return trial;
  }

  it('signs people in, asks for a fresh code, and ends cleanly', async () => {
    const { url } = await start();
    const browser = await expectSignIn(url, testbed.smsc);
    const transfer = await fetch(`${url}/transfer`, { method: 'POST', headers: { Cookie: browser.cookie } });
    expect(await transfer.text()).to.equal('Done');
    expect((await new Client(url).post('/transfer')).code).to.equal('SIGN_IN_REQUIRED');
    expect(await trial?.end()).to.be.oneOf([0, null]); // Nest ends by the signal itself, after its hooks
  });

  it('is told where the handler belongs when a module has it for all routes', async () => {
    const module = readListing(PAGE, 'app.module');
    const apply = "consumer.apply(otp.requireSmsOtp({ maxAgeSeconds: 60 })).forRoutes('transfer');";
    expect(module).to.include(apply);
    project.write('app.module.ts', module.replace(apply, "consumer.apply(otp).forRoutes('{*splat}');"));
    project.write('main.ts', readListing(PAGE, 'main').replace(/^app\.use\(otp\);.*$/m, ''));
    const { url } = await start();
    for (const path of ['/dashboard', '/auth/login']) {
      const { status, body } = await new Client(url).get(path);
      expect({ status, code: body.code }, path).to.deep.equal({ status: 500, code: 'MISCONFIGURED' });
      expect(body.detail).to.include('app.use(otp) in main.ts');
    }
  });
});
