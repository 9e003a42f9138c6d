import { resolve } from 'node:path';
import { expect } from 'chai';
import { Client } from '../support/client.ts';
import { readListing } from '../support/listing.ts';
import { expectSignIn, type Trial } from '../support/trial.ts';
import { useTrialProject } from '../support/trial-project.ts';

const PAGE = 'docs/nestjs.md';
const COMPILER_OPTIONS = {
  ...{ module: 'nodenext', target: 'es2022', lib: ['es2023'], types: ['node'], strict: true, outDir: 'out' },
  ...{ experimentalDecorators: true, emitDecoratorMetadata: true, skipLibCheck: true },
};

describe('an app of NestJS 12', function () {
  this.timeout(300_000); // Nest has to be installed
  const room = useTrialProject('nestjs', () => ({
    'main.ts': readListing(PAGE, 'main'),
    'otp.ts': readListing(PAGE, 'otp'),
    'app.module.ts': readListing(PAGE, 'app.module'),
    'tsconfig.json': JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['main.ts'] }),
  }));

  /** Compiles what is there, and starts it. */
  function start(): Promise<Trial> {
    const tsc = room.project.node(resolve('node_modules/typescript/bin/tsc'), '-p', '.', '--pretty', 'false');
    expect(tsc.stdout).to.equal('');
    return room.start('out/main.js');
  }

  it('signs people in, asks for a fresh code, and ends cleanly', async () => {
    const trial = await start();
    const browser = await expectSignIn(trial.url, room.testbed.smsc);
    const transfer = await fetch(`${trial.url}/transfer`, { method: 'POST', headers: { Cookie: browser.cookie } });
    expect(await transfer.text()).to.equal('Done');
    expect((await new Client(trial.url).post('/transfer')).code).to.equal('SIGN_IN_REQUIRED');
    expect(await trial.end()).to.be.oneOf([0, null]); // Nest ends by the signal itself, after its hooks
  });

  it('is told where the handler belongs when a module has it for all routes', async () => {
    const module = readListing(PAGE, 'app.module');
    const apply = "consumer.apply(otp.requireSmsOtp({ maxAgeSeconds: 60 })).forRoutes('transfer');";
    expect(module).to.include(apply);
    room.project.write('app.module.ts', module.replace(apply, "consumer.apply(otp).forRoutes('{*splat}');"));
    room.project.write('main.ts', readListing(PAGE, 'main').replace(/^app\.use\(otp\);.*$/m, ''));
    const { url } = await start();
    for (const path of ['/dashboard', '/auth/login']) {
      const { status, body } = await new Client(url).get(path);
      expect({ status, code: body.code }, path).to.deep.equal({ status: 500, code: 'MISCONFIGURED' });
      expect(body.detail).to.include('app.use(otp) in main.ts');
    }
  });
});
