import type { Keyring } from '../domain/keyring.ts';
import type { NoticeParts } from '../domain/notices.ts';
import type { PhoneBookParts } from '../domain/phone-book.ts';
import type { Clock } from '../domain/ports.ts';
import type { EventFacts, Notify } from '../events.ts';

interface Needs {
  readonly notify: Notify;
  readonly clock: Clock;
  readonly keyring: Keyring;
}

/** Tells of changes to the user store's numbers as events; a number appears as its pseudonym only. */
export function reportPhones({ notify, clock, keyring }: Needs): {
  readonly onChange: PhoneBookParts['onChange'];
  readonly onNoticeFailure: NoticeParts['onFailure'];
} {
  const facts = (userId: string, number: string): EventFacts & { number: string } => ({
    time: new Date(clock()),
    userId,
    number: keyring.pseudonym(number),
  });
  return {
    onChange: ({ id }, change, request) =>
      'add' in change
        ? notify('numberAdded', { ...facts(id, change.add), ...request })
        : notify('numberRemoved', { ...facts(id, change.remove), ...request }),
    onNoticeFailure: ({ id }, number, error) =>
      notify('noticeFailed', {
        ...facts(id, number),
        reason: error instanceof Error ? error.message : 'no Error',
      }),
  };
}
