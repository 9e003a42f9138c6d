import { RESULT_CODE } from '../../ldap/result-code.ts';
import type { Misbehaviour } from './behaviour.ts';
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

/** What the misbehaviour answers without looking. */
export function outcomeInstead(misbehaviour: Misbehaviour | undefined): DirectoryOutcome | undefined {
  switch (misbehaviour?.do) {
    case 'answer':
      return misbehaviour;
    case 'refer':
      return { resultCode: RESULT_CODE.referral, referral: misbehaviour.urls };
    default:
      return undefined;
  }
}

/** What the misbehaviour makes of the right outcome. */
export function distorted(outcome: DirectoryOutcome, misbehaviour: Misbehaviour | undefined): DirectoryOutcome {
  const { entries = [] } = outcome;
  switch (misbehaviour?.do) {
    case 'addReferences':
      return { ...outcome, references: misbehaviour.urls };
    case 'addEntry':
      return { ...outcome, entries: [...entries, misbehaviour.entry] };
    case 'cutShort':
      return cutShort(outcome, misbehaviour.entries);
    default:
      return outcome;
  }
}

/** Only so many entries, and the result code that says so. */
export function cutShort(outcome: DirectoryOutcome, count: number): DirectoryOutcome {
  if (outcome.entries === undefined) return outcome;
  return { resultCode: RESULT_CODE.sizeLimitExceeded, entries: outcome.entries.slice(0, count) };
}
