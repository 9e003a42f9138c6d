import { isMemoryState } from '../state/memory-state.ts';
import { CONFIG_FLAG, readArguments } from './arguments.ts';
import { Failure } from './failure.ts';
import { withInstance } from './instance.ts';
import { findPerson } from './person.ts';
import type { Terminal } from './terminal.ts';

/** `unlock USER`: lifts the lock and the counts of failed codes. */
export async function unlock(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readArguments(args, CONFIG_FLAG, ['USER']);
  await withInstance(values.config, async ({ otp, options: { userStore, shared } }) => {
    if (shared === undefined || isMemoryState(shared)) {
      throw new Failure('The counts are in the memory of the app: nobody else can reach them.', 'Restart the app.');
    }
    const { id } = await findPerson(userStore, words[0] ?? '');
    await otp.unlock(id);
  });
  terminal.print('The lock is lifted, and what was counted is forgotten.');
  return 0;
}
