import type { Challenge } from './challenge.ts';
import type { Account, LimitName } from './limits.ts';

/** Whose send it is, and where to. */
export type Recipient = Pick<Challenge, 'payer' | 'number' | 'addressBlock' | 'purpose'>;

interface Row {
  readonly limit: LimitName;
  /** What it is counted under; `undefined` where the row does not concern this send. */
  readonly of: (to: Recipient) => string | undefined;
  /** A code that was entered gives its sends back, except where that would let sends be pumped without end. */
  readonly isRefunded: boolean;
}

/** A number that its user has not proven yet: whoever enters somebody else's must not use up the owner's sends. */
export const isUnproven = ({ purpose }: Recipient): boolean => purpose === 'enroll';

const apart = (to: Recipient, key: string): string => (isUnproven(to) ? `unproven ${key}` : key);
const perUser = (to: Recipient): string => apart(to, JSON.stringify([to.payer.subject, to.payer.browser]));
const perNumber = (to: Recipient): string => apart(to, JSON.stringify([to.number, to.payer.browser]));

/** All messages of the system together. */
export const ALL: Account = { limit: 'smsPerDay', key: 'all' };

const STEPS: readonly (readonly Row[])[] = [
  [{ limit: 'sendsPerUserPerHour', of: perUser, isRefunded: true }],
  [
    { limit: 'sendsPerUserPerDay', of: perUser, isRefunded: true },
    { limit: 'sendsPerNumberPerHour', of: perNumber, isRefunded: true },
    { limit: 'sendsPerNumberPerDay', of: perNumber, isRefunded: true },
  ],
  [
    { limit: 'sendsPerDayHard', of: (to) => apart(to, `user ${to.payer.subject}`), isRefunded: false },
    { limit: 'sendsPerDayHard', of: (to) => apart(to, `number ${to.number}`), isRefunded: false },
  ],
  [{ limit: 'sendsPerAddressPerHour', of: ({ addressBlock }) => addressBlock, isRefunded: true }],
  // Whoever walks along a block of numbers may well own it, and read its codes.
  [
    {
      limit: 'sendsPerBlockPerHour',
      of: (to) => (isUnproven(to) ? to.number.slice(0, -4) : undefined),
      isRefunded: false,
    },
  ],
];

const ROWS = STEPS.flat();
const REFUNDED = ROWS.filter(({ isRefunded }) => isRefunded);

/**
 * The accounts of a send in the steps in which they are counted, each step at once, the tightest first; after them comes
 * `ALL`, which everybody else needs. What is refused counts for a moment, too, but only in its own step and those before.
 */
export function stepsOf(to: Recipient): readonly (readonly Account[])[] {
  return STEPS.map((rows) => accountsAt(rows, to)).filter(({ length }) => length > 0);
}

/** All accounts of a send. */
export function accountsOf(to: Recipient): readonly Account[] {
  return [...accountsAt(ROWS, to), ALL];
}

/** Those that a code which was entered is given back to. */
export function refundedOf(to: Recipient): readonly Account[] {
  return accountsAt(REFUNDED, to);
}

function accountsAt(rows: readonly Row[], to: Recipient): readonly Account[] {
  return rows.flatMap(({ limit, of }) => {
    const key = of(to);
    return key === undefined ? [] : [{ limit, key }];
  });
}
