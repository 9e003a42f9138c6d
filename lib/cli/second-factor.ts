import { isMemoryState } from '../state/memory-state.ts';
import { CONFIG_FLAG, readArguments } from './arguments.ts';
import { Failure, UsageError } from './failure.ts';
import { type Instance, withInstance } from './instance.ts';
import { findPerson } from './person.ts';
import type { Terminal } from './terminal.ts';

const HELP_FLAGS = {
  ...CONFIG_FLAG,
  user: { type: 'string' },
  minutes: { type: 'string', default: '15' },
  'issued-by': { type: 'string' },
  'may-replace-number': { type: 'boolean', default: false },
} as const;

/** `unlock USER`: removes the lock and the counts of failed codes. */
export async function unlock(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readArguments(args, CONFIG_FLAG, ['USER']);
  await withInstance(values.config, async (instance) => {
    assertReachable(instance, 'counts', 'Restart the app.');
    const { id } = await findPerson(instance.options.userStore, words[0] ?? '');
    await instance.otp.unlock(id);
  });
  terminal.print('The lock and the counts of failed codes are removed.');
  return 0;
}

/** `help-code --user NAME`: issues a code that the help desk reads out; the person is told by SMS. */
export async function helpCode(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArguments(args, HELP_FLAGS);
  const { user: name, minutes, 'issued-by': issuedBy, 'may-replace-number': mayReplaceNumber } = values;
  if (name === undefined) throw new UsageError('--user NAME is missing.');
  if (!/^\d{1,3}$/.test(minutes)) throw new UsageError('--minutes must be a whole number.');
  await withInstance(values.config, async (instance) => {
    const { otp, options } = instance;
    assertReachable(instance, 'codes');
    const { id } = await findPerson(options.userStore, name);
    const facts = issuedBy === undefined ? {} : { issuedBy };
    const code = await otp.issueHelpCode(id, { minutes: Number(minutes), mayReplaceNumber, ...facts });
    terminal.print(`${code.slice(0, 5)}-${code.slice(5)}`);
    const numbers = await otp.phones.list(id);
    const told = numbers.length === 0 ? 'There is no number that could be told.' : 'The person is told by SMS.';
    terminal.print(
      `For one sign-in within ${minutes} min, after the password, at the page "without your phone". ${told}`,
    );
  });
  return 0;
}

/** `recovery-codes reset USER`: makes the recovery codes of a person worthless. */
export async function recoveryCodes([action = '', ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (action !== 'reset') throw new UsageError('recovery-codes reset?');
  const { values, words } = readArguments(args, CONFIG_FLAG, ['USER']);
  await withInstance(values.config, async (instance) => {
    assertReachable(instance, 'codes');
    const { id } = await findPerson(instance.options.userStore, words[0] ?? '');
    await instance.otp.resetRecoveryCodes(id);
  });
  terminal.print('The recovery codes of this person are worth nothing any more.');
  return 0;
}

function assertReachable({ options: { shared } }: Instance, what: string, ...remedy: readonly string[]): void {
  if (shared !== undefined && !isMemoryState(shared)) return;
  throw new Failure(`The app keeps its ${what} in its own memory, which this command cannot reach.`, ...remedy);
}
