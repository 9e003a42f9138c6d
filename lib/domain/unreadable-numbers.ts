import type { Notify } from '../events.ts';
import { newMark } from './account.ts';
import { Commit, type Ledger } from './commit.ts';
import type { UnreadableReason } from './dial-string.ts';
import type { Keyring } from './keyring.ts';
import type { UnreadableValue } from './number-reader.ts';
import type { Clock, UserStore } from './ports.ts';
import { DAY_SECONDS } from './shared-state.ts';
import type { User } from './user.ts';

/** The report on a value that gives no number: never the value. */
export interface UnreadableNumber {
  readonly userId: string;
  /** Where the value stands, as `mobile`; absent if the user store does not say. */
  readonly attribute?: string;
  readonly reason: UnreadableReason;
}

export interface UnreadableNumbersDeps {
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly store: UserStore;
  readonly notify: Notify;
  /** Tells the operator. */
  readonly warn: (message: string) => void;
}

const MOST_PEOPLE = 10_000;

/** Tells of the values that gave no number, once a person and day over all processes. */
export class UnreadableNumbers {
  readonly #deps: UnreadableNumbersDeps;
  /** Until when this process knows that a person was told of, in milliseconds since 1970. */
  readonly #told = new Map<string, number>();

  constructor(deps: UnreadableNumbersDeps) {
    this.#deps = deps;
  }

  keyOf(tag: string): string {
    return this.#deps.keyring.key('un', tag);
  }

  /** Nobody waits for it. */
  note(user: User, values: readonly UnreadableValue[]): void {
    const now = this.#deps.clock();
    if ((this.#told.get(user.id) ?? 0) > now) return;
    if (this.#told.size >= MOST_PEOPLE) this.#told.clear();
    this.#told.set(user.id, now + DAY_SECONDS * 1000);
    // A user store of the app's own may throw; nobody waits for this.
    this.#isFirst(user.id)
      .then((isFirst) => isFirst && this.#tell(user, values))
      .catch(() => undefined);
  }

  /** A state that cannot say stops nobody from being told. */
  async #isFirst(userId: string): Promise<boolean> {
    const { ledger, keyring } = this.#deps;
    const commit = new Commit();
    const place = commit.createOrSkip(this.keyOf(keyring.tagOf(userId)), newMark(), DAY_SECONDS);
    return ledger.run(commit).then(
      (outcome) => outcome.value(place) === undefined,
      () => true,
    );
  }

  #tell(user: User, values: readonly UnreadableValue[]): void {
    const { store } = this.#deps;
    const source = store.phoneSource?.(user)?.values ?? [];
    const attributeOf = (value: string | undefined) => source.find((one) => one.value === value)?.attribute;
    const facts = values.map(({ place, reason }) => ({ attribute: attributeOf(user.phoneNumbers[place]), reason }));
    const distinct = new Map(facts.map((fact) => [`${fact.attribute} ${fact.reason}`, fact]));
    for (const { attribute, reason } of distinct.values()) {
      this.#tellOne({ userId: user.id, ...(attribute !== undefined && { attribute }), reason });
    }
  }

  #tellOne(facts: UnreadableNumber): void {
    const { notify, warn, clock } = this.#deps;
    const { userId, attribute, reason } = facts;
    const where = attribute === undefined ? '' : `, attribute ${attribute}`;
    warn(`A phone number in the directory cannot be used: user ${userId}${where}, reason ${reason}.`);
    notify('numberUnreadable', { time: new Date(clock()), ...facts });
  }
}
