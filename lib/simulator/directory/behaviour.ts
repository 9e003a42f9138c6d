import { RESULT_CODE } from '../../ldap/directory-fault.ts';
import type { DirectoryEntry } from './entry.ts';

/** One thing that the directory can be told to do wrong. */
export type Misbehaviour =
  /** Answers with this result code instead of looking; 0 at `bind` is a success for every password. */
  | { readonly do: 'answer'; readonly resultCode: number; readonly text?: string }
  /** Answers with a referral to these URLs instead of looking. */
  | { readonly do: 'refer'; readonly urls: readonly string[] }
  /** Adds search references to the answer. */
  | { readonly do: 'addReferences'; readonly urls: readonly string[] }
  /** Adds an entry to the answer, whatever was asked. */
  | { readonly do: 'addEntry'; readonly entry: DirectoryEntry }
  /** Cuts a search's answer after so many entries and says `sizeLimitExceeded`. */
  | { readonly do: 'cutShort'; readonly entries: number }
  /** Looks and answers so much later. */
  | { readonly do: 'slow'; readonly milliseconds: number }
  /** Takes the request and never answers. */
  | { readonly do: 'silence' }
  /** Sends these bytes instead of an answer. @default some that are no LDAP */
  | { readonly do: 'garbage'; readonly bytes?: Uint8Array }
  /** Closes the connection instead of answering. */
  | { readonly do: 'drop' }
  /** Answers, then closes the connection. */
  | { readonly do: 'dropAfter' };

/** A misbehaviour, at which operations, and how often. */
export type DirectoryBehaviour = Misbehaviour & {
  /** The operation that misbehaves. @default at all of them */
  readonly at?: MisbehavingOperation;
  /** How often. @default until it is told otherwise */
  readonly times?: number;
};

type MisbehavingOperation = 'bind' | 'search' | 'modify' | 'startTls';

/** The behaviours in force, which are used up as they are asked for. */
export class DirectoryBehaviours {
  #left: readonly { readonly behaviour: DirectoryBehaviour; readonly times: number }[] = [];

  replace(behaviours: readonly DirectoryBehaviour[]): void {
    this.#left = behaviours.map((behaviour) => ({ behaviour, times: behaviour.times ?? Infinity }));
  }

  /** The first that is meant for this operation; it counts as used. */
  next(operation: string): Misbehaviour | undefined {
    const hit = this.#left.find(({ behaviour: { at }, times }) => times > 0 && (at === undefined || at === operation));
    this.#left = this.#left.map((item) => (item === hit ? { ...item, times: item.times - 1 } : item));
    return hit?.behaviour;
  }
}

/** How an operation ended: all that goes into its answer. */
export interface DirectoryOutcome {
  readonly resultCode: number;
  readonly text?: string;
  readonly entries?: readonly DirectoryEntry[];
  /** URLs of other servers, as part of the result (RFC 4511, section 4.1.10). */
  readonly referral?: readonly string[];
  /** URLs of other servers, as messages before the result (RFC 4511, section 4.5.3). */
  readonly references?: readonly string[];
}

/** The outcome if the misbehaviour answers without looking. */
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

/** The right outcome, changed by the misbehaviour. */
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
