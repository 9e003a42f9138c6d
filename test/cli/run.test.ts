import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { runHere, runProgram, startProgram } from '../support/command-line.ts';

describe('the command line', () => {
  it('prints how it is used', async () => {
    const { code, out, err } = await runProgram(['--help']);
    expect([code, err]).to.deep.equal([0, '']);
    for (const word of ['doctor', 'phones list', 'unlock', 'simulator', '--json']) expect(out).to.contain(word);
    expect((await runHere(['phones', '--help'])).out).to.equal(out);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runHere(['--version'])).to.deep.equal({ code: 0, out: `${version}\n`, err: '' });
  });

  it('ends without a complaint if nobody reads on, as after head', async () => {
    const program = startProgram(['simulator', '--smpp-port', '0', '--ldap-port', '0', '--inbox-port', '0']);
    program.stdout.destroy();
    const [err, [code]] = await Promise.all([text(program.stderr), once(program, 'exit')]);
    expect([code, err]).to.deep.equal([1, '']);
  });

  for (const [args, complaint] of [
    [[], 'Which command?'],
    [['constructor'], 'no such command'],
    [['phones'], 'phones list, phones add or phones remove?'],
    [['phones', 'list'], 'USER is missing'],
    [['phones', 'add', 'ada'], 'NUMBER is missing'],
    [['unlock', 'ada', 'grace'], 'Too many arguments'],
    [['unlock', 'ada', '--colour', 'blue'], "Unknown option '--colour'"],
    [['doctor', '--send'], '--send'],
    [['doctor', '--password-stdin'], 'needs --user'],
    [['simulator', '--smpp-port', '70000'], '--smpp-port must be a port'],
  ] as const) {
    it(`exits with 2 at "${args.join(' ')}"`, async () => {
      const { code, out, err } = await runHere(args);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.contain(complaint).and.contain('--help');
    });
  }
});
