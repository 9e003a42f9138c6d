import { Attribute, Change } from 'ldapts';
import type { UserEntry } from './user-entry.ts';

/** `remove` is a value as it was read. */
export interface PhoneNumberChange {
  readonly add?: string;
  readonly remove?: string;
}

/**
 * The one modify request that does it: the old value is deleted wherever it stands, by its value, so that the
 * directory refuses where it is gone meanwhile; the new one goes into the last attribute. `undefined` where the entry
 * already shows that it cannot be done.
 */
export function phoneNumberChanges(
  entry: UserEntry,
  { add, remove }: PhoneNumberChange,
  phoneAttributes: readonly string[],
): Change[] | undefined {
  const holdersOf = (value: string) => phoneAttributes.filter((attribute) => entry.values(attribute).includes(value));
  if (remove !== undefined && holdersOf(remove).length === 0) return undefined;
  if (add !== undefined && add !== remove && holdersOf(add).length > 0) return undefined;
  const deletions = remove === undefined ? [] : holdersOf(remove).map((holder) => change('delete', holder, remove));
  const additions = add === undefined ? [] : phoneAttributes.slice(-1).map((last) => change('add', last, add));
  return [...deletions, ...additions];
}

function change(operation: 'add' | 'delete', type: string, value: string): Change {
  return new Change({ operation, modification: new Attribute({ type, values: [value] }) });
}
