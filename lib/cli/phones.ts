import { Masks } from '../domain/masked-number.ts';
import { isMemoryState } from '../state/memory-state.ts';
import { CONFIG_FLAG, readArguments } from './arguments.ts';
import { UsageError } from './failure.ts';
import { type Instance, withInstance } from './instance.ts';
import { findPerson } from './person.ts';
import type { Terminal } from './terminal.ts';

const SIGN_INS_GO_ON =
  "The app keeps its sign-ins in its own memory: this person's sign-ins continue. Restart the app to end them.";

/** `phones list|add|remove USER [NUMBER]`: shows or changes a person's numbers, masked. */
export async function phones([action = '', ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (!['list', 'add', 'remove'].includes(action)) throw new UsageError('phones list, phones add or phones remove?');
  const names = action === 'list' ? ['USER'] : ['USER', 'NUMBER'];
  const { values, words } = readArguments(args, CONFIG_FLAG, names);
  const [name = '', number = ''] = words;
  await withInstance(values.config, async (instance) => {
    const { otp, options } = instance;
    const { id } = await findPerson(options.userStore, name);
    if (action === 'add') await otp.phones.add(id, number);
    if (action === 'remove') await otp.phones.remove(id, number);
    if (action !== 'list') await tellOfChange(instance, terminal);
    const numbers = await otp.phones.list(id);
    const masks = new Masks(options.defaultCountry);
    for (const one of numbers) terminal.print(masks.of(one, numbers));
    if (numbers.length === 0) terminal.print('There is no readable number.');
  });
  return 0;
}

async function tellOfChange({ options, sent }: Instance, terminal: Terminal): Promise<void> {
  const { all, failed } = await sent();
  terminal.print(`Done. ${newsOf(all, failed)}The numbers are now:`);
  if (options.shared === undefined || isMemoryState(options.shared)) terminal.complain(SIGN_INS_GO_ON);
}

/** All earlier numbers are told of the change by SMS. */
function newsOf(all: number, failed: number): string {
  if (all === 0) return '';
  const earlier = all === 1 ? 'The earlier number' : `The ${all} earlier numbers`;
  if (failed === 0) return `${earlier} ${all === 1 ? 'was' : 'were'} notified by SMS. `;
  if (failed === all) return `${earlier} could not be notified by SMS. `;
  return `${earlier} were notified by SMS, except for ${failed}. `;
}
