import { createHook } from 'node:async_hooks';
import { expect } from 'chai';
import { memoryState } from '../../lib/state/memory-state.ts';
import { postJson, type TestApp, type TestAppSetup, testApp } from '../support/app.ts';

const PAGE = '/auth/without-phone';
const WRONG = '1-AAAA-AAAA-AAAA-AAAA';
const MANY = { sendsPerUserPerHour: false, sendsPerUserPerDay: false, sendsPerNumberPerHour: false } as const;

function withCodes(options: TestAppSetup['options'] = {}): TestApp {
  return testApp({ options: { recoveryCodes: true, ...options, limits: { ...MANY, sendsPerNumberPerDay: false } } });
}

async function paper({ signedIn }: TestApp): Promise<readonly string[]> {
  const { body } = await postJson(await signedIn(), '/auth/account/recovery-codes').expect(200);
  return body.recoveryCodes;
}

/** How often a password hash was worked out meanwhile. */
async function hashesDuring(work: () => Promise<unknown>): Promise<number> {
  let hashes = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'SCRYPTREQUEST') hashes += 1;
    },
  }).enable();
  await work();
  hook.disable();
  return hashes;
}

describe('somebody who has the password, and not the phone', () => {
  it('gets 10 recovery codes a day looked at over any jars, and the right one refused afterwards, while codes by SMS go on', async () => {
    const app = withCodes();
    const [right] = await paper(app);
    for (let jars = 0; jars < 10; jars++) {
      await postJson(await app.signedIn('ada', 'password'), PAGE, { code: WRONG }).expect(401);
    }
    const jar = await app.signedIn('ada', 'password');
    await postJson(jar, PAGE, { code: right }).expect(429);
    await postJson(jar, '/auth/code', { code: app.transport.lastCode() }).expect(200);
    app.clock.advance(24 * 60 * 60 + 1);
    await postJson(await app.signedIn('ada', 'password'), PAGE, { code: right }).expect(200);
  });

  it('costs one hash for each try that is looked at, and none for 200 that are refused', async () => {
    const app = withCodes();
    await paper(app);
    const jar = await app.signedIn('ada', 'password');
    const tries = Array.from({ length: 210 }, () => () => postJson(jar, PAGE, { code: WRONG }));
    const hashes = await hashesDuring(() => Promise.all(tries.map((send) => send().then(() => undefined))));
    expect(hashes).to.equal(10);
  });

  it('does not find a help code or a recovery code in what the shared state holds', async () => {
    const written: string[] = [];
    const shared = memoryState();
    const app = withCodes({
      shared: {
        commit: (steps) => {
          for (const step of steps) if ('write' in step) written.push(`${step.write} ${step.value}`);
          return shared.commit(steps);
        },
      },
    });
    const codes = [...(await paper(app)), await app.otp.issueHelpCode('id-ada')];
    const text = written.join('\n');
    for (const code of codes) {
      const symbols = code.replace(/^\d+-/, '').replaceAll('-', '');
      expect(text).to.not.include(symbols).and.not.include(symbols.slice(0, 8));
    }
  });
});
