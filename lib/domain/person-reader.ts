import { type Account, type KnownAccount, newAccount, readAccount } from './account.ts';
import { Commit, type Ledger, type Outcome, type Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import { type PersonIndex, shardOf } from './person-index.ts';
import type { SignInRef } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';

/** The state that a first factor starts from. */
export interface Person {
  readonly account: KnownAccount | undefined;
  /** The part of the person's index that names the sign-in, as read. */
  readonly index: string | undefined;
  /** The account, or the one that begins now: with the lock of 0.1.0, if there is one. */
  accountOrNew(): Promise<Account>;
}

export interface PersonReaderDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly index: PersonIndex;
}

/** The keys of 0.1.0 under one secret: the mark of its last unlock, and the lock without one. */
interface Previous {
  readonly mark: number;
  readonly lock: number;
}

/** Reads what is kept of a person, for a sign-in that is about to begin. */
export class PersonReader {
  readonly #deps: PersonReaderDeps;

  constructor(deps: PersonReaderDeps) {
    this.#deps = deps;
  }

  /** One trip, and another if 0.1.0 has unlocked this person. */
  async read(ref: Pick<SignInRef, 'id' | 'tag'>, subject: string): Promise<Person & { readonly now: number }> {
    const commit = new Commit();
    const interpret = this.add(commit, ref, subject);
    const outcome = await this.#deps.ledger.run(commit);
    return { ...interpret(outcome), now: outcome.now };
  }

  /**
   * Adds the steps to a commit that does more.
   *
   * @param subject of the tag, if it is known
   * @returns what an outcome tells of the person
   */
  add(
    commit: Steps<never>,
    { id, tag }: Pick<SignInRef, 'id' | 'tag'>,
    subject?: string,
  ): (outcome: Outcome<string>) => Person {
    const { store, index, keyring } = this.#deps;
    const accountPlace = commit.read(store.accountKey(tag));
    const part = commit.read(index.keyOf(tag, shardOf(id)));
    const marks = subject === undefined ? [] : keyring.previousKeys('unlock', subject);
    const locks = subject === undefined ? [] : keyring.previousKeys('lock', lockFacts(subject, ''));
    const previous = marks.map((mark, at) => ({ mark: commit.read(mark), lock: commit.read(locks[at] ?? mark) }));
    return (outcome) => {
      const account = readAccount(outcome.value(accountPlace));
      const accountOrNew = async (): Promise<Account> =>
        account ?? newAccount((await this.#isLocked(subject ?? '', previous, outcome)) ? [''] : []);
      return { account, index: outcome.value(part), accountOrNew };
    };
  }

  /** An unlock of 0.1.0 gave its counters and its lock other keys; the lock of before may still be there. */
  async #isLocked(subject: string, previous: readonly Previous[], outcome: Outcome<string>): Promise<boolean> {
    const { ledger, keyring } = this.#deps;
    const commit = new Commit();
    let isLocked = false;
    const places = previous.flatMap(({ mark, lock }, secret) => {
      const unlocked = outcome.value(mark);
      if (unlocked === undefined) {
        isLocked ||= outcome.value(lock) !== undefined;
        return [];
      }
      const key = keyring.previousKeys('lock', lockFacts(subject, unlocked))[secret];
      return key === undefined ? [] : [commit.read(key)];
    });
    if (places.length === 0 || isLocked) return isLocked;
    const found = await ledger.run(commit);
    return places.some((place) => found.value(place) !== undefined);
  }
}

/** The parts by which 0.1.0 named a lock: the subject, the known browser, of which this version knows none, and the last unlock. */
function lockFacts(subject: string, unlocked: string): string {
  return JSON.stringify([subject, '', unlocked]);
}
