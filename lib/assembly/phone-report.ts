import type { Keyring } from '../domain/keyring.ts';
import type { NoticeParts } from '../domain/notices.ts';
import type { PhoneBookParts } from '../domain/phone-book.ts';
import type { Clock } from '../domain/ports.ts';
import type { UnreadableNumber } from '../domain/unreadable-numbers.ts';
import type { EventFacts, Notify } from '../events.ts';
import type { Logger } from '../log.ts';

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

/** Tells of values that give no number, as an event and as a warning; neither has the value. */
export function reportUnreadable({
  notify,
  clock,
  logger,
}: Pick<Needs, 'notify' | 'clock'> & { readonly logger: Logger }): (facts: UnreadableNumber) => void {
  return (facts) => {
    const { userId, attribute, reason } = facts;
    const where = attribute === undefined ? '' : `, attribute ${attribute}`;
    logger.warn(`A phone number in the directory cannot be used: user ${userId}${where}, reason ${reason}.`);
    notify('numberUnreadable', { time: new Date(clock()), ...facts });
  };
}
