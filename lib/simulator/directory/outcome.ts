import { RESULT_CODE } from '../../ldap/result-code.ts';
import type { Misdeed } from './behaviour.ts';
import type { DirectoryEntry } from './entry.ts';

/** How an operation ended: all that goes into its answer. */
export interface DirectoryOutcome {
  readonly resultCode: number;
  readonly text?: string;
  readonly entries?: readonly DirectoryEntry[];
  /** Where else to look, as part of the result (RFC 4511, section 4.1.10). */
  readonly referral?: readonly string[];
  /** Where else to look, as messages before the result (RFC 4511, section 4.5.3). */
  readonly references?: readonly string[];
}

/** What the misdeed answers without looking. */
export function outcomeInstead(misdeed: Misdeed | undefined): DirectoryOutcome | undefined {
  switch (misdeed?.do) {
    case 'answer':
      return misdeed;
    case 'refer':
      return { resultCode: RESULT_CODE.referral, referral: misdeed.urls };
    default:
      return undefined;
  }
}

/** What the misdeed makes of the right outcome. */
export function distorted(outcome: DirectoryOutcome, misdeed: Misdeed | undefined): DirectoryOutcome {
  const { entries = [] } = outcome;
  switch (misdeed?.do) {
    case 'addReferences':
      return { ...outcome, references: misdeed.urls };
    case 'addEntry':
      return { ...outcome, entries: [...entries, misdeed.entry] };
    case 'cutShort':
      return cutShort(outcome, misdeed.entries);
    default:
      return outcome;
  }
}

/** Only so many entries, and the result code that says so. */
export function cutShort(outcome: DirectoryOutcome, count: number): DirectoryOutcome {
  if (outcome.entries === undefined) return outcome;
  return { resultCode: RESULT_CODE.sizeLimitExceeded, entries: outcome.entries.slice(0, count) };
}
