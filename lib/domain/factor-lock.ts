import { isLocked, newMark, withLock } from './account.ts';
import type { Keyring } from './keyring.ts';
import type { StoredSignIn } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';

/**
 * Locks the second factor of a person for one requester: too many wrong codes in 30 days.
 *
 * @returns whether it was not locked before
 */
export async function lockFactor(
  { store, keyring }: { readonly store: SignInStore; readonly keyring: Keyring },
  { ref, account, record }: StoredSignIn,
): Promise<boolean> {
  const { browser, subject } = record;
  const isNew = await store.updateAccount(ref.tag, (known) =>
    known?.unlock === account.unlock && !isLocked(known.locks, browser) ? withLock(known, browser) : undefined,
  );
  // After a rotation the account has another tag: the lock must be found there, too.
  for (const tag of keyring.otherTagsOf(subject)) {
    const fresh = { epoch: newMark(), unlock: '', locks: [] };
    await store.updateAccount(tag, (known) => withLock(known ?? fresh, browser));
  }
  return isNew;
}
