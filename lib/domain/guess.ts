import { SmsOtpError } from '../errors.ts';
import type { Challenge } from './challenge.ts';
import type { Client } from './client.ts';
import type { Sending } from './delivery.ts';
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

export function requesterOf({ ref, record }: StoredSignIn): { readonly tag: string; readonly browser: string } {
  return { tag: ref.tag, browser: record.browser };
}
