import { type Keyring, randomText } from './keyring.ts';
import { DAY_SECONDS, type Key } from './shared-state.ts';

/** An administrator may take over a year to hear of a lock; an unlock must last as long. */
export const ACCOUNT_SECONDS = 400 * DAY_SECONDS;
/** More browsers than one person has. */
const MOST_LOCKS = 50;

/** The record that all sign-ins of one person share. */
export interface Account {
  /** A new one ends all sign-ins at once. */
  readonly epoch: string;
  /** Names the last unlock: failures from before it do not count. Empty if there was none. */
  readonly unlock: string;
  /** The requesters that too many wrong codes have locked: known browsers by their ids, all others as ''. */
  readonly locks: readonly string[];
}

/** The lock that an administrator sets: it stands for every requester. */
export const ADMINISTRATORS_LOCK = '*';

/** An account as it was read: a commit that stands on it expects exactly this text. */
export interface KnownAccount extends Account {
  readonly raw: string;
}

export function accountKey(keyring: Keyring, tag: string): Key {
  return keyring.key('ac', tag);
}

/** A mark that was never used before. */
export function newMark(): string {
  return randomText(9);
}

/** @param locks what a version before this one has locked */
export function newAccount(locks: readonly string[] = []): Account {
  return { epoch: newMark(), unlock: '', locks };
}

/** A malformed account reads as absent: its sign-ins are over. */
export function readAccount(raw: string | undefined): KnownAccount | undefined {
  const [epoch, unlock = '', ...locks] = raw?.split(' ') ?? [];
  if (raw === undefined || epoch === undefined || epoch === '') return undefined;
  return { epoch, unlock: unlock === '-' ? '' : unlock, locks: locks.map((lock) => (lock === '-' ? '' : lock)), raw };
}

export function writeAccount({ epoch, unlock, locks }: Account): string {
  return [epoch, unlock, ...locks].map((word) => word || '-').join(' ');
}

export function isLocked(locks: Account['locks'], requester: string): boolean {
  return locks.includes(requester) || locks.includes(ADMINISTRATORS_LOCK);
}

/** The oldest lock of a known browser makes room; that of all others stays. */
export function withLock(account: Account, requester: string): Account {
  const all = [...account.locks.filter((lock) => lock !== requester), requester];
  const known = all.filter((lock) => lock !== '').slice(1 - MOST_LOCKS);
  return { ...account, locks: all.includes('') ? ['', ...known] : known };
}
