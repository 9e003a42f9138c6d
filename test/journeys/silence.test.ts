import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { expectUntold, tells } from '../support/untold.ts';

interface Report {
  readonly secrets: Readonly<Record<string, string>>;
  /** Events and answers. */
  readonly told: string;
  readonly statuses: readonly number[];
}

describe('a whole sign-in with DEBUG=*', () => {
  let output = '';
  let report: Report;

  before(async () => {
    const script = fileURLToPath(new URL(`../support/whole-sign-in${extname(import.meta.url)}`, import.meta.url));
    const child = fork(script, {
      env: { ...process.env, DEBUG: '*' },
      execArgv: script.endsWith('.ts')
        ? ['--import=tsx', '--unhandled-rejections=strict']
        : ['--unhandled-rejections=strict'],
      silent: true,
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    const exit = once(child, 'exit');
    const [message] = (await Promise.race([
      once(child, 'message'),
      exit.then(() => Promise.reject(new Error(output))),
    ])) as [Report];
    report = message;
    expect((await exit)[0]).to.equal(0);
  });

  it('really happens, and is really noisy', () => {
    expect(report.statuses).to.deep.equal([200, 200, 200, 503]);
    expect(output)
      .to.include('express-sms-otp:core')
      .and.include('express:application')
      .and.include('firstFactorAccepted');
  });

  for (const name of [
    'secret',
    'session',
    'smppPassword',
    'bindPassword',
    'password',
    'wrongPassword',
    'number',
    'code',
    'wrongCode',
  ]) {
    it(`tells nobody the ${name}`, () => {
      const secret = report.secrets[name] ?? '';
      expect(secret.length).to.be.greaterThan(5);
      // express-session's own lines print session ids, and nothing else of ours.
      const lines = output.split('\n').filter((line) => !line.includes('express-session') && tells(line, secret));
      expect(lines).to.deep.equal([]);
      expectUntold(report.told, secret);
    });
  }
});
