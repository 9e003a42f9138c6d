import { type AttemptLimiter, guessesLeft } from './attempt-limiter.ts';
import { type Challenge, handleOf, type Purpose } from './challenge.ts';
import type { Client } from './client.ts';
import { Commit, type Ledger } from './commit.ts';
import { type Deliveries, type DeliveryState, lastState } from './delivery.ts';
import type { Enrollment } from './enrollment.ts';
import { type Grant, isDoneBy } from './grant.ts';
import { requesterOf } from './known-browser.ts';
import type { DirectoryRecheck } from './person.ts';
import type { Clock, Directory } from './ports.ts';
import {
  pendingOf,
  type SignInRecord,
  type SignInRef,
  type Stage,
  type StoredSignIn,
  stageOf,
} from './sign-in-record.ts';
import type { Loaded, SignInStore } from './sign-in-store.ts';
import type { TrustedBrowser, TrustToken } from './trusted-browser.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { TrustedSignIns } from './trusted-sign-in.ts';
import type { UnknownPeople } from './unknown-people.ts';
import type { NamedUser, User } from './user.ts';

/** The person behind a request: what the session holds, and whom the app's own login names. */
export interface Visit {
  readonly ref: SignInRef | undefined;
  readonly currentUser: NamedUser | undefined;
  readonly client: Client;
}

/** Facts of a pending code beside the record. */
export interface PendingCode {
  /** By the challenge, the day and the 30 days; `Infinity` without limits. */
  readonly guessesLeft: number;
  readonly delivery: DeliveryState;
}

/** Where one sign-in stands at one moment. */
export interface SignInFlow {
  readonly stage: Stage;
  /** Milliseconds since 1970 by the shared state's clock. */
  readonly now: number;
  readonly signIn?: StoredSignIn | undefined;
  /** The pending code's; also one whose attempts are used up. */
  readonly challenge?: Challenge | undefined;
  readonly grant?: Grant | undefined;
  /** As the directory knows the user now, if it was asked. */
  readonly user?: User | undefined;
  /** E.164; empty if none can be read, or the directory was not asked. */
  readonly numbers: readonly string[];
  /** If it is known without another look. */
  readonly pending?: PendingCode | undefined;
  /** The trusted browsers, if they were asked for. */
  readonly browsers?: readonly TrustedBrowser[] | undefined;
  /** A token that the browser is to be given: it is trusted. */
  readonly trust?: TrustToken | undefined;
}

/**
 * When the directory is asked for the user: only if the stage depends on it; also for the numbers of somebody who is
 * signed in, unless a code is pending; or always.
 */
export type DirectoryNeed = 'never' | 'for the stage' | 'unless pending' | 'always';

export interface SignInFlowDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly deliveries: Deliveries;
  readonly attempts: AttemptLimiter;
  readonly directory: Directory;
  readonly recheck: DirectoryRecheck;
  readonly enrollment: Enrollment;
  readonly clock: Clock;
  readonly unknown: UnknownPeople;
  readonly numbersOf: (user: User) => readonly string[];
  readonly trusted: TrustedBrowsers;
  readonly trustedSignIns: Pick<TrustedSignIns, 'endChanged'>;
  /** Ends all sign-ins of somebody whom the directory does not know any more. */
  readonly endAll: (subject: string) => Promise<void>;
  /** Receives errors of work that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => void;
}

/** Says where a sign-in stands: worked out anew each time from the record. */
export class SignInFlows {
  readonly #deps: SignInFlowDeps;

  constructor(deps: SignInFlowDeps) {
    this.#deps = deps;
  }

  /** From this process's cache, without waiting; `undefined` if it must be looked up. */
  cached(ref: SignInRef): SignInFlow | undefined {
    const loaded = this.#deps.store.cached(ref);
    return loaded === undefined ? undefined : flowOf(loaded, this.#deps.clock() - loaded.at);
  }

  /** The record alone, as it was at most 5 s ago; now and then it is asked in the background whether the user is gone. */
  async byRecord(ref: SignInRef | undefined, isFresh = false): Promise<SignInFlow> {
    const { store, ledger, recheck, clock, onBackgroundError } = this.#deps;
    if (ref === undefined) return NOBODY;
    const cached = isFresh ? undefined : this.cached(ref);
    if (cached !== undefined) return cached;
    const commit = new Commit();
    const places = store.load(commit, ref);
    const turn = recheck.takeTurn(commit, ref.tag);
    const at = clock();
    const outcome = await ledger.run(commit);
    if (recheck.isRefused(outcome, ref.tag, ref.id)) return NOBODY;
    const loaded = store.loaded(ref, outcome, places);
    store.remember(ref, loaded, at);
    const flow = flowOf(loaded);
    // Nobody waits for the directory, and one that is down signs nobody out: the next look decides.
    if (flow.grant !== undefined && recheck.isTaken(outcome, turn, ref.tag))
      this.#lookAgain(flow).catch(onBackgroundError);
    return flow;
  }

  async look({ ref, currentUser }: Visit, need: DirectoryNeed): Promise<SignInFlow> {
    const flow = ref === undefined ? NOBODY : flowOf(await this.#deps.store.read(ref));
    if (flow.stage !== 'none') return this.#isNeeded(flow, need) ? this.#withUser(flow) : flow;
    if (currentUser === undefined) return flow;
    if (need === 'never') return { ...NOBODY, stage: 'send' };
    // Signed in to the app, but with no valid sign-in here: a new one begins.
    const user = await this.#deps.directory.findUser(currentUser.key);
    if (user !== undefined) return this.decide({ ...NOBODY, stage: 'send' }, user);
    this.#deps.unknown.note(currentUser);
    return NOBODY;
  }

  /** Tells `send` from `number` and `enroll`. */
  decide(flow: SignInFlow, user: User): SignInFlow {
    const { stage, signIn, grant } = flow;
    const numbers = this.#deps.numbersOf(user);
    const full = { ...flow, user, numbers };
    if (stage !== 'send' || grant !== undefined) return full;
    if (this.#deps.enrollment.mayEnroll(user)) return { ...full, stage: 'enroll' };
    const isChosen = numbers.length < 2 || numbers.includes(signIn?.record.number ?? '');
    return { ...full, stage: isChosen ? 'send' : 'number' };
  }

  /** Reads the facts of the pending code beside the record: one trip, unless it is known already. */
  async pendingOf({ signIn, challenge, pending }: SignInFlow): Promise<PendingCode | undefined> {
    if (pending !== undefined || signIn === undefined || challenge === undefined) return pending;
    const { ledger, deliveries, attempts } = this.#deps;
    const commit = new Commit();
    const handle = handleOf(challenge);
    const messages = commit.read(deliveries.keyOf(handle));
    const read = attempts.read(commit, requesterOf(signIn), signIn.account);
    const outcome = await ledger.run(commit);
    const left = Math.min(attempts.leftOf(challenge.attempts), guessesLeft(outcome, read));
    const sendings = deliveries.sendingsOf(handle, outcome.value(messages));
    return { guessesLeft: left, delivery: lastState(sendings, challenge.sends) };
  }

  /** With the browsers that the person trusts; one trip. */
  async withBrowsers(flow: SignInFlow): Promise<SignInFlow> {
    const { trusted } = this.#deps;
    if (!trusted.isOn || flow.signIn === undefined) return flow;
    return { ...flow, browsers: await trusted.living(flow.signIn.ref.tag) };
  }

  /** An index will mean its entry in this list, also if the directory changes meanwhile. */
  async noteShown(flow: SignInFlow): Promise<SignInFlow> {
    const { signIn, numbers, browsers } = flow;
    if (signIn === undefined) return flow;
    const { shown, shownBrowsers } = signIn.record;
    const ids = browsers === undefined ? shownBrowsers : browsers.map(({ id }) => id);
    if (shown?.join() === numbers.join() && shownBrowsers?.join() === ids?.join()) return flow;
    return this.#change(flow, signIn, { ...signIn.record, shown: numbers, shownBrowsers: ids });
  }

  /** A page is about to tell it: until the next form is sent it is told again, and costs no try. */
  async #change(flow: SignInFlow, signIn: StoredSignIn, record: SignInRecord): Promise<SignInFlow> {
    const { ledger, store } = this.#deps;
    const commit = new Commit<'record' | 'account'>();
    store.expectAccount(commit, signIn);
    const next = store.replace(commit, signIn, record);
    const { refusal } = await ledger.run(commit);
    // Another page may have changed the list meanwhile: its index is another's, and is refused.
    return refusal === undefined ? { ...flow, signIn: next } : flow;
  }

  #isNeeded({ stage, grant, challenge }: SignInFlow, need: DirectoryNeed): boolean {
    if (need === 'always') return true;
    if (need === 'never') return false;
    if (stage === 'send' && grant === undefined) return true;
    return need === 'unless pending' && grant !== undefined && challenge === undefined;
  }

  async #withUser(flow: SignInFlow): Promise<SignInFlow> {
    const subject = flow.signIn?.record.subject ?? '';
    const user = await this.#deps.directory.findUser({ id: subject });
    if (user !== undefined) return this.decide(flow, user);
    await this.#deps.endAll(subject);
    return { ...NOBODY, now: flow.now };
  }

  async #lookAgain({ signIn, grant }: SignInFlow): Promise<void> {
    if (signIn === undefined || grant === undefined) return;
    const { directory, recheck, store } = this.#deps;
    const user = await directory.findUser({ id: signIn.record.subject });
    try {
      await this.#follow(signIn, grant, user);
      recheck.allow(signIn.ref.tag, signIn.ref.id);
    } catch (error) {
      recheck.refuse(user === undefined ? signIn.ref.tag : signIn.ref.id);
      store.forget(signIn.ref);
      throw error;
    }
  }

  async #follow(signIn: StoredSignIn, grant: Grant, user: User | undefined): Promise<void> {
    const { store, ledger, trusted, trustedSignIns, endAll } = this.#deps;
    if (user === undefined) return endAll(signIn.record.subject);
    if (grant.trust !== undefined && !trusted.fits(grant.trust, user)) {
      return trustedSignIns.endChanged(signIn.ref.tag, user.id, grant.trust.id);
    }
    if (grant.by !== 'exempt' || JSON.stringify(user) === JSON.stringify(grant.user)) return;
    // The rule that exempts is asked about the user as the directory knows them now.
    const commit = new Commit<'record'>();
    store.replace(commit, signIn, { ...signIn.record, grant: { ...grant, user } });
    await ledger.run(commit);
  }
}

const NOBODY: SignInFlow = { stage: 'none', now: 0, numbers: [] };

/** @param age milliseconds since it was read */
export function flowOf({ signIn, now }: Loaded, age = 0): SignInFlow {
  return signIn === undefined ? { ...NOBODY, now: now + age } : flowOfRecord(signIn, now + age);
}

export function flowOfRecord(signIn: StoredSignIn, now: number): SignInFlow {
  const { record } = signIn;
  if (record.endsAt <= now) return { ...NOBODY, now };
  const stage = stageOf(record, now);
  if (stage === 'none') return { ...NOBODY, now };
  const challenge = pendingOf(record, now);
  return { stage, now, signIn, numbers: [], challenge, grant: record.grant };
}

/** The purpose of the pending code, or of the one that would be sent now. */
export function purposeOf({ stage, challenge, grant }: SignInFlow): Purpose {
  if (challenge !== undefined) return challenge.purpose;
  if (stage === 'enroll') return 'enroll';
  return isDoneBy(grant) ? 'step-up' : 'sign-in';
}
