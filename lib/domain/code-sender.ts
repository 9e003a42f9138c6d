import { SmsOtpError, stateUnavailable } from '../errors.ts';
import { isLocked } from './account.ts';
import { type Asked, type AttemptLimiter, guessesLeft, usedUp } from './attempt-limiter.ts';
import { type Challenge, type CodePolicy, handleOf, isFor, newChallenge, repeatChallenge } from './challenge.ts';
import { Commit, type Ledger, MOST_RACES, type Outcome } from './commit.ts';
import { type DeliveryState, MESSAGE_SECONDS } from './delivery.ts';
import { HISTORY_SECONDS, type History } from './history.ts';
import type { Keyring } from './keyring.ts';
import { type Entry, type PersonIndex, shardOf } from './person.ts';
import { type Country, isCountryAllowed } from './phone-number.ts';
import type { Charged } from './rate-limiter.ts';
import { numberHash, type Recipient, type SendLimiter, sendsRefused, tooManySends } from './send-limiter.ts';
import type { SendBase, SendLabel, SendOrder, SendPlan } from './send-order.ts';
import { anchorOf, createAnchor, heldBy, SentAlready } from './send-order.ts';
import { DAY_SECONDS } from './shared-state.ts';
import { pendingOf, type StoredSignIn, withChallenge } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { Submission } from './submission.ts';

export interface CodeSenderDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly index: PersonIndex;
  readonly attempts: AttemptLimiter;
  readonly sends: SendLimiter;
  readonly policy: CodePolicy & { readonly allowedCountries?: readonly Country[] | undefined };
  readonly submission: Submission;
  readonly history: History;
}

/** A sign-in with a code that is pending, and what is known of it without another look. */
export interface SentCode {
  readonly signIn: StoredSignIn;
  /** By the challenge, the day and the 30 days; `Infinity` without limits. */
  readonly guessesLeft: number;
  readonly delivery: DeliveryState;
}

interface Charge {
  readonly commit: Commit<SendLabel>;
  readonly sends: Charged;
  readonly failures: Asked;
  readonly index: number | undefined;
  readonly anchor: number | undefined;
}

/** Starts a challenge, or repeats it: all that it costs is counted in the commit that writes it; then it is sent. */
export class CodeSender {
  readonly #deps: CodeSenderDeps;

  constructor(deps: CodeSenderDeps) {
    this.#deps = deps;
  }

  /**
   * @throws SmsOtpError `TOO_MANY_SENDS`, `TOO_MANY_ATTEMPTS`, `FACTOR_LOCKED`, `SEND_REFUSED` if not `maySendTo`
   *   (nothing was written then), `SEND_REFUSED`, `PHONE_NOT_ACCEPTED`, `SMS_UNAVAILABLE` (the record is kept, without this challenge),
   *   `STATE_UNAVAILABLE`; `SentAlready`
   */
  async send(order: SendOrder): Promise<SentCode> {
    const { submission } = this.#deps;
    const askedAt = submission.now();
    try {
      if (!this.maySendTo(order.number)) throw new SmsOtpError('SEND_REFUSED');
      return await this.#send(order);
    } catch (error) {
      if (error instanceof SmsOtpError) submission.tellRefused(order, error, askedAt);
      throw error;
    }
  }

  /** By the number's country; a send to any other is refused before anything is written. */
  maySendTo(number: string): boolean {
    return isCountryAllowed(number, this.#deps.policy.allowedCountries);
  }

  async #send(order: SendOrder): Promise<SentCode> {
    const { ledger, attempts, sends, submission } = this.#deps;
    let base = order.base;
    for (let race = 0; race < MOST_RACES; race++) {
      const draft = this.#plan(order, base);
      const charge = this.#charge(base, draft);
      const plan = { ...draft, signIn: charge.signIn };
      const outcome = await ledger.run(charge.commit);
      if (outcome.refusal !== undefined) {
        base = await this.#afterRefusal(base, plan, charge, outcome);
        continue;
      }
      sends.tellBudget(outcome, charge.sends);
      const delivery = await submission.submit(plan, outcome.now);
      const { day, month } = charge.failures;
      const left = Math.min(attempts.leftOf(plan.challenge.attempts), guessesLeft(outcome, [...day, ...month]));
      return { signIn: plan.signIn, guessesLeft: left, delivery };
    }
    throw stateUnavailable(undefined);
  }

  #plan(order: SendOrder, base: SendBase): Omit<SendPlan, 'signIn'> {
    const { keyring, policy, history } = this.#deps;
    const { record, now } = base;
    if (isLocked(base.locks, record.browser)) throw new SmsOtpError('FACTOR_LOCKED');
    const pending = pendingOf(record, now);
    const known = pending !== undefined && isFor(pending, order) ? pending : undefined;
    if (known !== undefined && known.resendAt > now) throw tooEarly(base, known);
    const isRepeat = known !== undefined && this.#canRepeat(known);
    const facts = { purpose: order.purpose, number: order.number, change: order.change };
    const challenge = isRepeat ? repeatChallenge(known, policy, now) : newChallenge(facts, policy, keyring.newest, now);
    return {
      order,
      to: this.#recipient(order, base),
      before: record,
      challenge,
      isRepeat,
      anchor: isRepeat ? undefined : anchorOf(keyring, order),
      history: history.isOn ? history.entryOf(challenge, isRepeat, now) : undefined,
    };
  }

  #charge(base: SendBase, plan: Omit<SendPlan, 'signIn'>): Charge & { readonly signIn: StoredSignIn } {
    const { attempts, sends, index } = this.#deps;
    const { anchor, challenge, history } = plan;
    const commit = new Commit<SendLabel>();
    const account = { epoch: base.record.epoch, unlock: base.unlock, locks: base.locks };
    const failures = attempts.ask(commit, plan.to, account);
    const charged = sends.charge(commit, plan.to);
    const signIn = base.write(commit, withChallenge(base.record, challenge));
    const place =
      anchor === undefined
        ? undefined
        : createAnchor(commit, this.#deps.keyring, anchor, signIn.ref.id, challenge.resendAt, base.now);
    if (history !== undefined) this.#deps.history.write(commit, history, { state: 'queued', at: base.now });
    const entries = this.#entries(signIn, plan, base.now);
    const at = { tag: base.tag, shard: shardOf(signIn.ref.id) };
    return {
      commit,
      signIn,
      sends: charged,
      failures,
      anchor: place,
      index: index.add(commit, at, base.index, entries, base.now),
    };
  }

  #canRepeat({ secret, attempts }: Challenge): boolean {
    return this.#deps.keyring.has(secret) && this.#deps.attempts.leftOf(attempts) > 0;
  }

  #recipient({ number, purpose, client }: SendOrder, { tag, record }: SendBase): Recipient {
    const address = this.#deps.sends.addressOf(client.addressBlock);
    return { tag, browser: record.browser, number, purpose, address };
  }

  #entries(signIn: StoredSignIn, plan: Omit<SendPlan, 'signIn'>, now: number): readonly Entry[] {
    const { store, keyring } = this.#deps;
    const { challenge, anchor, history } = plan;
    return [
      store.entryOf(signIn),
      { family: 'messages', name: handleOf(challenge), endsAt: now + MESSAGE_SECONDS * 1000 },
      { family: 'number', name: numberHash(keyring, challenge), endsAt: now + DAY_SECONDS * 1000 },
      ...(anchor === undefined ? [] : [{ family: 'anchor', name: anchor, endsAt: challenge.resendAt } as const]),
      ...(history === undefined
        ? []
        : [{ family: 'history', name: history.name, endsAt: now + HISTORY_SECONDS * 1000 } as const]),
    ];
  }

  /** @throws SmsOtpError if the commit was refused for good */
  async #afterRefusal(base: SendBase, plan: SendPlan, charge: Charge, outcome: Outcome<SendLabel>): Promise<SendBase> {
    const { refusal } = outcome;
    if (refusal === 'sends') throw sendsRefused(outcome, charge.sends);
    if (refusal === 'day' || refusal === 'month') throw usedUp(refusal, outcome, charge.failures);
    if (refusal === 'anchor') throw heldBy(this.#deps.keyring, plan, outcome.value(charge.anchor), outcome.now);
    if (refusal !== 'index') return base.again();
    return { ...base, index: outcome.value(charge.index) };
  }
}

/** The code was sent a moment ago: by another request of this browser, or by an earlier one. */
function tooEarly({ joined, now }: SendBase, { resendAt }: Challenge): Error {
  const wait = tooManySends((resendAt - now) / 1000);
  return joined === undefined ? wait : new SentAlready(joined, wait);
}
