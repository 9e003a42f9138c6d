import { isMemoryState } from '../state/memory-state.ts';
import { CONFIG_FLAG, readArguments } from './arguments.ts';
import { Failure } from './failure.ts';
import { withInstance } from './instance.ts';
import { findPerson } from './person.ts';
import type { Terminal } from './terminal.ts';

/** `unlock USER`: removes the lock and the counts of failed codes. */
export async function unlock(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readArguments(args, CONFIG_FLAG, ['USER']);
  await withInstance(values.config, async ({ otp, options: { userStore, shared } }) => {
    if (shared === undefined || isMemoryState(shared)) {
      throw new Failure(
        'The app keeps the counts in its own memory, which this command cannot reach.',
        'Restart the app.',
      );
    }
    const { id } = await findPerson(userStore, words[0] ?? '');
    await otp.unlock(id);
  });
  terminal.print('The lock and the counts of failed codes are removed.');
  return 0;
}
