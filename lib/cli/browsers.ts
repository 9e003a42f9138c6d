import { isMemoryState } from '../state/memory-state.ts';
import { CONFIG_FLAG, readArguments } from './arguments.ts';
import { Failure, UsageError } from './failure.ts';
import { withInstance } from './instance.ts';
import { findPerson } from './person.ts';
import type { Terminal } from './terminal.ts';

const FLAGS = { ...CONFIG_FLAG, browser: { type: 'string' } } as const;

/** `browsers list|end USER`: shows or ends the browsers in which a person's password alone is enough. */
export async function browsers([action = '', ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (action !== 'list' && action !== 'end') throw new UsageError('browsers list or browsers end?');
  const { values, words } = readArguments(args, FLAGS, ['USER']);
  if (action === 'list' && values.browser !== undefined) throw new UsageError('--browser is for browsers end.');
  await withInstance(values.config, async ({ otp, options: { userStore, shared } }) => {
    if (shared === undefined || isMemoryState(shared)) {
      throw new Failure(
        'The app keeps trusted browsers in its own memory, which this command cannot reach.',
        'Restart the app: then none is trusted.',
      );
    }
    const { id } = await findPerson(userStore, words[0] ?? '');
    if (action === 'end') await otp.trustedBrowsers.end(id, values.browser);
    const left = await otp.trustedBrowsers.list(id);
    if (action === 'end') terminal.print(`Done. ${left.length === 0 ? 'No browser is' : 'Still'} trusted.`);
    else if (left.length === 0) terminal.print('No browser is trusted.');
    for (const { id: name, label, lastUsed, endsAt } of left) {
      const [used, end] = [lastUsed, endsAt].map((time) => time.toISOString().slice(0, 10));
      terminal.print(`${name}  ${label || 'unknown browser'}, last used ${used}, trusted until ${end}`);
    }
  });
  return 0;
}
