import { newMark } from './account.ts';
import { Commit, type Ledger, type Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import type { Entry } from './person-index.ts';
import type { Key } from './shared-state.ts';

/** As long as somebody waits for an answer, or a client repeats a request. */
const SECONDS = 60;
/** A request brings cookies of its own choice. */
const MOST_SCOPES = 4;
const UNDONE = '';

/**
 * Remembers for a moment of which sessions a right code was used. With the code the session gets a new id, so the same
 * request, sent twice, comes with a session that is gone: whoever sends it is told what happened, and nobody else.
 */
export class UsedCodes {
  readonly #ledger: Ledger;
  readonly #keyring: Keyring;

  constructor(ledger: Ledger, keyring: Keyring) {
    this.#ledger = ledger;
    this.#keyring = keyring;
  }

  /** @param scope the session that the right code came with; nothing to remember without one */
  note(commit: Steps<never>, scope: string | undefined, now: number): readonly Entry[] {
    if (scope === undefined) return [];
    commit.write(this.#keyOf(scope), newMark(), SECONDS);
    return [{ family: 'used', name: this.#nameOf(scope), endsAt: now + SECONDS * 1000 }];
  }

  /** Nothing came of the code: it lives on. */
  takeBack(commit: Steps<never>, scope: string | undefined): void {
    if (scope !== undefined) commit.write(this.#keyOf(scope), UNDONE, 1);
  }

  async wereUsed(scopes: readonly string[]): Promise<boolean> {
    if (scopes.length === 0) return false;
    const commit = new Commit();
    const places = scopes.slice(0, MOST_SCOPES).map((scope) => commit.read(this.#keyOf(scope)));
    const outcome = await this.#ledger.run(commit);
    return places.some((place) => (outcome.value(place) ?? UNDONE) !== UNDONE);
  }

  keyOfName(name: string): Key {
    return this.#keyring.key('us', name);
  }

  #keyOf(scope: string): Key {
    return this.keyOfName(this.#nameOf(scope));
  }

  #nameOf(scope: string): string {
    return this.#keyring.hash('used', scope);
  }
}
