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

  for (const [what, error, lines] of [
    [
      'which package is missing',
      Object.assign(new Error("Cannot find module 'express'\nRequire stack:\n- /app/x.js"), {
        code: 'MODULE_NOT_FOUND',
      }),
      [
        "This command cannot be loaded: Cannot find module 'express'",
        'express-sms-otp doctor shows what is not installed.',
      ],
    ],
    [
      'the code of any other failure, and nothing else of it',
      Object.assign(new Error('a secret'), { code: 'EMFILE' }),
      ['Unexpected failure: Error (EMFILE)'],
    ],
    [
      'no code that is no word',
      Object.assign(new TypeError('a secret'), { code: 'a secret' }),
      ['Unexpected failure: TypeError'],
    ],
    ['that it was none', 'a secret', ['Unexpected failure: no Error']],
  ] as const) {
    it(`tells ${what}`, async () => {
      const told: string[] = [];
      const { run } = await import('../../lib/cli/run.ts');
      const terminal = {
        print() {
          throw error;
        },
        complain: (line: string) => void told.push(line),
        read: async () => '',
        ask: async () => undefined,
        interrupted: async () => undefined,
      };
      expect(await run(['--version'], terminal)).to.equal(1);
      expect(told).to.deep.equal(lines);
    });
  }
});
