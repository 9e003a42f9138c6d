import { newMark } from './account.ts';
import type { Outcome, Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';

/** How long somebody who was removed or disabled in the directory may stay signed in. */
const SECONDS_BETWEEN_LOOKS = 5 * 60;

/** Decides when the directory is asked again for somebody who is signed in: once in five minutes, by one process. */
export class DirectoryRecheck {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  keyOf(tag: string): string {
    return this.#keyring.key('lk', tag);
  }

  /** The directory was asked a moment ago. */
  noteLook(commit: Steps<never>, tag: string): void {
    commit.write(this.keyOf(tag), newMark(), SECONDS_BETWEEN_LOOKS);
  }

  /** @returns the place of a step whose finding tells whether the turn was taken */
  takeTurn(commit: Steps<never>, tag: string): number {
    return commit.createOrSkip(this.keyOf(tag), newMark(), SECONDS_BETWEEN_LOOKS);
  }

  isTaken(outcome: Outcome<string>, place: number): boolean {
    return outcome.value(place) === undefined;
  }
}
