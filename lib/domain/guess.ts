import { SmsOtpError } from '../errors.ts';
import { newMark } from './account.ts';
import type { Challenge } from './challenge.ts';
import type { Client } from './client.ts';
import { Commit, type Ledger, type Steps } from './commit.ts';
import type { Sending } from './delivery.ts';
import type { Keyring } from './keyring.ts';
import type { Entry } from './person.ts';
import type { Key } from './shared-state.ts';
import { pendingOf, type SignInRef, type StoredSignIn } from './sign-in-record.ts';
import type { Loaded } from './sign-in-store.ts';

/** A code that somebody typed. */
export interface Guess {
  readonly ref: SignInRef | undefined;
  /** As it was typed. */
  readonly code: string;
  readonly client: Client;
  /** The destination that the page names, if it differs from the sign-in's. */
  readonly returnTo: string | undefined;
  /** Whether this browser is to be trusted after a right code of a sign-in. */
  readonly trusts: boolean;
  /** Whether a form sent it: its page is shown after a redirect, and must know what was wrong. */
  readonly isForm: boolean;
}

/** A guess that was counted, on a record that nobody has changed since. */
export interface CountedGuess {
  readonly guess: Guess;
  /** As the commit that counted it has written it. */
  readonly signIn: StoredSignIn;
  readonly challenge: Challenge;
  /** The messages that brought the code. */
  readonly sendings: readonly Sending[];
  /** The value under the challenge's handle. */
  readonly messages: string | undefined;
  /** The id that a record after this one will have. */
  readonly nextId: string;
  /** The part of the person's index that will name it, as read. */
  readonly nextIndex: string | undefined;
  /** The shared state's time of that commit. */
  readonly chargedAt: number;
  /** Guesses that are left if this one is wrong. */
  readonly left: number;
  readonly isLastFailure: boolean;
}

/** @throws SmsOtpError `NO_CHALLENGE`, `CODE_EXPIRED` */
export function pendingIn({ signIn, movedTo, isUsed, now }: Loaded): {
  readonly signIn: StoredSignIn;
  readonly challenge: Challenge;
} {
  // Somebody was faster with this code.
  if (movedTo !== undefined) throw new SmsOtpError('CODE_EXPIRED', isUsed === true ? { words: 'codeUsed' } : {});
  if (signIn === undefined || signIn.record.isSignedOut === true) throw new SmsOtpError('NO_CHALLENGE');
  const challenge = pendingOf(signIn.record, now);
  if (challenge !== undefined) return { signIn, challenge };
  throw signIn.record.challenge === undefined ? new SmsOtpError('NO_CHALLENGE') : new SmsOtpError('CODE_EXPIRED');
}

/** As long as somebody waits for an answer, or a client repeats a request. */
const USED_SECONDS = 60;
/** A request brings cookies of its own choice. */
const MOST_SCOPES = 4;
const UNDONE = '';

/**
 * Remembers for a moment of which sessions a right code was used. With the code the session gets a new id, so the same
 * request, sent twice, comes with a session that is gone. Only its sender is told what happened.
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
    commit.write(this.#keyOf(scope), newMark(), USED_SECONDS);
    return [{ family: 'used', name: this.#nameOf(scope), endsAt: now + USED_SECONDS * 1000 }];
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
