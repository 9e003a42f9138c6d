import { doctor } from './doctor.ts';
import { Failure } from './failure.ts';
import { HELP } from './help.ts';
import { ownPackage } from './own-package.ts';
import { phones } from './phones.ts';
import { simulator } from './simulator.ts';
import type { Terminal } from './terminal.ts';
import { unlock } from './unlock.ts';
import { UsageError } from './usage-error.ts';

/** Takes what stands behind its name; gives the exit code. */
type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  doctor,
  phones,
  unlock,
  simulator,
  '--help': async (_args, terminal) => say(terminal, HELP),
  '--version': async (_args, terminal) => say(terminal, ownPackage().version),
};

/** Carries out a command line. Gives the exit code: 0, 1 where something is wrong, 2 where the command line is. */
export async function run([name, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  try {
    if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
      throw new UsageError(name === undefined ? 'Which command?' : 'There is no such command.');
    }
    return (await COMMANDS[args.includes('--help') ? '--help' : name]?.(args, terminal)) ?? 0;
  } catch (error) {
    return explain(error, terminal);
  }
}

function say(terminal: Terminal, text: string): number {
  for (const line of text.trim().split('\n')) terminal.print(line);
  return 0;
}

/** Only errors of our own are shown: the text of another one may hold a secret. */
function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.complain(error.message);
    terminal.complain('express-sms-otp --help tells how it is used.');
    return 2;
  }
  const unexpected = `Unexpected failure: ${error instanceof Error ? error.name : 'no Error'}`;
  for (const line of error instanceof Failure ? error.lines : [unexpected]) terminal.complain(line);
  return 1;
}
