import { BoundedMap } from '../bounded-map.ts';
import { SmsOtpConfigError, SmsOtpError, stateUnavailable } from '../errors.ts';
import type { Notify } from '../events.ts';
import { tooManyAttempts } from './attempt-limiter.ts';
import { Commit, type Ledger, MOST_RACES } from './commit.ts';
import { eventFactsOf, type RequestFacts } from './event-facts.ts';
import type { HelpCodes } from './help-codes.ts';
import type { Keyring } from './keyring.ts';
import type { Notices } from './notices.ts';
import type { Clock, Directory } from './ports.ts';
import { charge, secondsUsedUp } from './rate-limiter.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import { DAY_SECONDS } from './shared-state.ts';
import type { StoredSignIn } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { User } from './user.ts';

export interface SpareIssueDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly helpCodes: HelpCodes;
  readonly recoveryCodes: RecoveryCodes;
  readonly directory: Directory;
  readonly notices: Notices;
  readonly numbersOf: (user: User) => readonly string[];
  readonly clock: Clock;
  readonly notify: Notify;
  /** Why no help code can be issued here: texts that the person must be told with are missing. */
  readonly helpCodeProblems: readonly string[];
}

/** A help code that is to be issued. */
export interface HelpCodeOrder {
  readonly minutes: number;
  readonly issuedBy?: string | undefined;
  readonly mayReplaceNumber: boolean;
}

const DAY_MILLISECONDS = DAY_SECONDS * 1000;
const MOST_RENEWED = 10_000;

/** Issues help codes, and looks after sets of recovery codes. */
export class SpareIssue {
  readonly #deps: SpareIssueDeps;
  /** When the set of a subject was renewed last, by this process. */
  readonly #renewed = new BoundedMap<string, number>(MOST_RENEWED);

  constructor(deps: SpareIssueDeps) {
    this.#deps = deps;
  }

  /** Why no help code can be issued here; empty if they can. */
  get helpCodeProblems(): readonly string[] {
    return this.#deps.helpCodeProblems;
  }

  /**
   * The person is told by SMS: it is the only defence against a help desk that was fooled.
   *
   * @throws SmsOtpConfigError if a country has templates, and none for that; SmsOtpError `CONFLICT` if there is no such user,
   *   `DIRECTORY_UNAVAILABLE`, `STATE_UNAVAILABLE`
   */
  async issueHelpCode(userId: string, { minutes, issuedBy, mayReplaceNumber }: HelpCodeOrder): Promise<string> {
    const { directory, ledger, helpCodes, notices, notify, clock, numbersOf, helpCodeProblems } = this.#deps;
    if (helpCodeProblems.length > 0) throw new SmsOtpConfigError(helpCodeProblems);
    const user = await directory.findUser({ id: userId });
    if (user === undefined) throw new SmsOtpError('CONFLICT', 'There is no such user.');
    const { now } = await ledger.run(new Commit());
    const commit = new Commit();
    const code = helpCodes.issue(commit, user.id, { minutes, mayReplaceNumber }, now);
    await ledger.run(commit);
    const by = issuedBy === undefined ? {} : { issuedBy };
    notify('helpCodeIssued', { time: new Date(clock()), userId: user.id, minutes, mayReplaceNumber, ...by });
    notices.send('helpCodeIssued', user, numbersOf(user));
    return code;
  }

  /**
   * A new set: the old one dies in the same commit.
   *
   * @returns the codes, which nobody can read again
   * @throws SmsOtpError `TOO_MANY_ATTEMPTS`, `SIGN_IN_REQUIRED`, `STATE_UNAVAILABLE`
   */
  async makeRecoveryCodes({ ref, record, account }: StoredSignIn, client: RequestFacts): Promise<readonly string[]> {
    const { ledger, store, recoveryCodes, notify, clock } = this.#deps;
    await this.#countSet(ref);
    const set = await recoveryCodes.create();
    const commit = new Commit<'account'>();
    store.expectAccount(commit, { ref, account });
    recoveryCodes.store(commit, record.subject, set);
    // Somebody who signed out everywhere meanwhile wins.
    if ((await ledger.run(commit)).refusal !== undefined) throw new SmsOtpError('SIGN_IN_REQUIRED');
    const facts = eventFactsOf(clock, record.subject, client);
    notify('recoveryCodesMade', { ...facts, codes: set.codes.length });
    return set.codes;
  }

  /** @throws SmsOtpError `STATE_UNAVAILABLE` */
  async recoveryCodesLeft(subject: string): Promise<number> {
    const { recoveryCodes } = this.#deps;
    return recoveryCodes.leftOf(await this.#read(subject));
  }

  /** Paper that was lost is worth nothing any more. */
  async resetRecoveryCodes(subject: string): Promise<void> {
    const { ledger, recoveryCodes, notify, clock } = this.#deps;
    const commit = new Commit<'gone'>();
    commit.remove('gone', recoveryCodes.keyOf(subject));
    // Refused if there is none: that is as good.
    await ledger.run(commit);
    notify('recoveryCodesReset', { time: new Date(clock()), userId: subject });
  }

  /** A set lives for 400 days after a sign-in; each process writes that at most once a day. */
  async renewRecoveryCodes(subject: string): Promise<void> {
    const { ledger, recoveryCodes, clock } = this.#deps;
    const now = clock();
    if (now - (this.#renewed.get(subject) ?? Number.NEGATIVE_INFINITY) < DAY_MILLISECONDS) return;
    this.#renewed.set(subject, now);
    for (let race = 0; race < MOST_RACES; race++) {
      const raw = await this.#read(subject);
      if (raw === undefined) return;
      const commit = new Commit<'code'>();
      recoveryCodes.renew(commit, subject, raw);
      if ((await ledger.run(commit)).refusal === undefined) return;
    }
    throw stateUnavailable(undefined);
  }

  async #countSet({ tag }: { readonly tag: string }): Promise<void> {
    const commit = new Commit<'sets'>();
    const charged = charge(commit, 'sets', [this.#deps.recoveryCodes.setsOf({ tag })]);
    const outcome = await this.#deps.ledger.charge(commit);
    if (outcome.refusal !== undefined) throw tooManyAttempts(secondsUsedUp(outcome, charged));
  }

  #read(subject: string): Promise<string | undefined> {
    const { ledger, recoveryCodes } = this.#deps;
    return ledger.read(recoveryCodes.keyOf(subject));
  }
}
