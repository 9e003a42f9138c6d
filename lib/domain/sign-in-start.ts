import { SmsOtpError, stateUnavailable } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { ChallengeFacts } from './challenge.ts';
import type { Client, ClientSession } from './client.ts';
import type { CodeSender, SentCode } from './code-sender.ts';
import { Commit, MOST_RACES } from './commit.ts';
import { eventFactsOf } from './event-facts.ts';
import { grantByExemption } from './grant.ts';
import type { History } from './history.ts';
import type { Proven } from './password-try.ts';
import { shardOf } from './person.ts';
import type { Clock } from './ports.ts';
import { type FirstFactor, SendBases, type SendBasesDeps } from './send-base.ts';
import { type NewBase, type SendBase, type SendLabel, SentAlready } from './send-order.ts';
import { flowOfRecord, type SignInFlow, type SignInFlows, type Visit } from './sign-in-flow.ts';
import type { SignInRecord, StoredSignIn } from './sign-in-record.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { TrustedSignIns } from './trusted-sign-in.ts';
import type { User } from './user.ts';

export interface SignInStartDeps extends SendBasesDeps {
  readonly sender: CodeSender;
  readonly flows: SignInFlows;
  readonly trusted: Pick<TrustedBrowsers, 'isOn'>;
  readonly trustedSignIns: TrustedSignIns;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly history: History;
  readonly sessionMaxAgeSeconds: number;
}

/** Begins sign-ins, and sends the codes that they wait for. */
export class SignInStart {
  readonly #deps: SignInStartDeps;
  readonly #bases: SendBases;

  constructor(deps: SignInStartDeps) {
    this.#deps = deps;
    this.#bases = new SendBases(deps);
  }

  /** The first factor alone: the session holds a new record. */
  async begin(factor: FirstFactor): Promise<SignInFlow> {
    const base = await this.#bases.ofFactor(factor);
    return this.#hold(base, base.record, factor.proven.user, factor.client.session);
  }

  /** The first factor of a user who needs no code. */
  async beginExempt(factor: FirstFactor): Promise<SignInFlow> {
    return this.#exempt(await this.#bases.ofFactor(factor), factor.proven.user, factor.client);
  }

  /**
   * The first factor, and at once the code if there is one number. A code that is pending in this browser goes on.
   *
   * @throws SmsOtpError as `CodeSender.send`; the session holds the first factor all the same, unless it cannot be saved
   */
  async beginAndSend(factor: FirstFactor): Promise<SignInFlow> {
    const { client, proven } = factor;
    const base = await this.#bases.ofFactor(factor);
    const opened = await this.#byTrust(base, proven.user, client);
    if (opened !== undefined) return opened;
    const flow = this.#flowOf(base.signIn, proven.user, base.now);
    const facts = firstCode(flow);
    if (facts !== undefined) return this.#sendFirst(factor, base, facts);
    const shown = flow.stage === 'number' ? flow.numbers : base.record.shown;
    const held = await this.#hold(base, { ...base.record, shown }, proven.user, client.session);
    if (held.stage !== 'send' || held.numbers.length > 0) return held;
    if (this.#deps.history.isOn) this.#deps.history.note(proven.user.id, 'noPhoneNumber');
    throw noPhoneNumber(proven.user);
  }

  /** Gives back what a right password was charged, if nothing comes of it. */
  async abandon({ refund }: Proven): Promise<void> {
    const commit = new Commit();
    refund(commit);
    if (commit.steps.length > 0) await this.#deps.ledger.charge(commit);
  }

  /**
   * A code for a sign-in that has begun, or under the app's own login.
   *
   * @throws SmsOtpError as `CodeSender.send`
   */
  async send(
    visit: Visit,
    flow: StartedFlow,
    facts: ChallengeFacts,
    returnTo: string | undefined,
  ): Promise<SignInFlow> {
    const { signIn, user } = flow;
    const isFirst = signIn === undefined || signIn.record.isList === true;
    const base = isFirst ? await this.#firstBase(visit, flow, returnTo) : this.#bases.inPlace(flow, signIn, returnTo);
    const order = { ...facts, user, client: visit.client, base, isNewSession: isFirst };
    try {
      return this.#afterSend(await this.#deps.sender.send(order), user);
    } catch (error) {
      if (!(error instanceof SentAlready)) throw error;
      const joined = await this.#join(error.id, base.tag, visit, user);
      if (joined === undefined) throw error.wait;
      return joined;
    }
  }

  /** Under the app's own login: the list that an index will mean. The session keeps its id until a code is sent. */
  async noteList(visit: Visit, flow: StartedFlow): Promise<SignInFlow> {
    const base = await this.#bases.ofVisit(visit, flow.user, undefined);
    const record = { ...base.record, shown: flow.numbers, isList: true };
    return this.#hold(base, record, flow.user, { replace: (ref) => visit.client.session.hold(ref) });
  }

  /** With its first code a sign-in under the app's own login gets a new id, and the session, too. */
  async #firstBase(visit: Visit, { signIn, user }: StartedFlow, returnTo: string | undefined): Promise<SendBase> {
    if (signIn === undefined) return this.#bases.ofVisit(visit, user, returnTo);
    const { record } = signIn;
    return this.#bases.moving(signIn, { ...record, isList: undefined, returnTo: returnTo ?? record.returnTo });
  }

  /** A grant that says honestly what happened: no second factor. */
  async exempt(visit: Visit, flow: StartedFlow, returnTo: string | undefined): Promise<SignInFlow> {
    const { client } = visit;
    const { signIn, user } = flow;
    if (signIn === undefined) return this.#exempt(await this.#bases.ofVisit(visit, user, returnTo), user, client);
    if (!(await client.session.isStored())) throw new SmsOtpError('SIGN_IN_REQUIRED');
    const record = { ...signIn.record, returnTo: returnTo ?? signIn.record.returnTo, challenge: undefined };
    return this.#exempt(this.#bases.moving(signIn, record), user, client);
  }

  /** Without a code, in a browser that the user trusts; nothing if that needs one. */
  async trusted(visit: Visit, flow: StartedFlow, returnTo: string | undefined): Promise<SignInFlow | undefined> {
    const { client } = visit;
    const { signIn, user, challenge } = flow;
    if (challenge !== undefined || client.trustTokens.length === 0) return undefined;
    if (signIn === undefined) return this.#byTrust(await this.#bases.ofVisit(visit, user, returnTo), user, client);
    if (!(await client.session.isStored())) throw new SmsOtpError('SIGN_IN_REQUIRED');
    const record = { ...signIn.record, returnTo: returnTo ?? signIn.record.returnTo };
    return this.#byTrust(this.#bases.moving(signIn, record), user, client);
  }

  async #byTrust(base: NewBase, user: User, client: Client): Promise<SignInFlow | undefined> {
    const { trusted, trustedSignIns } = this.#deps;
    const opened = trusted.isOn ? await trustedSignIns.begin(base, user, client) : undefined;
    return opened && { ...this.#flowOf(opened.signIn, user, base.now), trust: opened.trust };
  }

  async #sendFirst(factor: FirstFactor, base: NewBase, facts: ChallengeFacts): Promise<SignInFlow> {
    const { client, proven } = factor;
    const { user } = proven;
    try {
      const order = { ...facts, user, client, base, isNewSession: true };
      return this.#afterSend(await this.#deps.sender.send(order), user);
    } catch (thrown) {
      const visit = { ref: undefined, currentUser: undefined, client };
      const joined = thrown instanceof SentAlready ? await this.#join(thrown.id, base.tag, visit, user) : undefined;
      if (joined !== undefined) {
        await this.abandon(proven);
        return joined;
      }
      const error: unknown = thrown instanceof SentAlready ? thrown.wait : thrown;
      // The password was right: it need not be typed again once a code can be sent.
      const isAllowed = this.#deps.sender.maySendTo(facts.number);
      const isRefused = error instanceof SmsOtpError && (REFUSED_BEFORE.has(error.code) || !isAllowed);
      if (isRefused) await this.#hold(base, base.record, user, client.session);
      throw error;
    }
  }

  #afterSend({ signIn, guessesLeft, delivery }: SentCode, user: User): SignInFlow {
    return { ...this.#flowOf(signIn, user, signIn.now), pending: { guessesLeft, delivery } };
  }

  /** Another request of this browser was faster: this one's session holds the same sign-in. */
  async #join(id: string, tag: string, { currentUser, client }: Visit, user: User): Promise<SignInFlow | undefined> {
    const ref = { id, tag, ...(currentUser !== undefined && { currentUser: currentUser.hash }) };
    const { signIn, now } = await this.#deps.store.read(ref);
    if (signIn === undefined) return undefined;
    await client.session.replace(ref, false);
    return this.#flowOf(signIn, user, now);
  }

  #exempt(base: NewBase, user: User, client: Client): Promise<SignInFlow> {
    const grant = grantByExemption(user, base.record.amr, base.now);
    const endsAt = base.now + this.#deps.sessionMaxAgeSeconds * 1000;
    this.#deps.notify('userExempt', eventFactsOf(this.#deps.clock, user.id, client));
    return this.#hold(base, { ...base.record, grant, endsAt, challenge: undefined }, user, client.session);
  }

  /** Writes a record without sending anything, then lets the session hold it. */
  async #hold(
    first: NewBase,
    record: SignInRecord,
    user: User,
    session: Pick<ClientSession, 'replace'>,
  ): Promise<SignInFlow> {
    const { ledger, index, store } = this.#deps;
    let base = first;
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<SendLabel>();
      const signIn = base.write(commit, { ...record, epoch: base.record.epoch });
      const at = { tag: base.tag, shard: shardOf(signIn.ref.id) };
      const place = index.add(commit, at, base.index, [store.entryOf(signIn)], base.now);
      const outcome = await ledger.run(commit);
      if (outcome.refusal === undefined) {
        await session.replace(signIn.ref, false);
        return this.#flowOf(signIn, user, base.now);
      }
      base = outcome.refusal === 'index' ? { ...base, index: outcome.value(place) } : await base.again();
    }
    throw stateUnavailable(undefined);
  }

  #flowOf(signIn: StoredSignIn, user: User, now: number): SignInFlow {
    return this.#deps.flows.decide(flowOfRecord(signIn, now), user);
  }
}

/** A flow whose user the directory knows. */
export type StartedFlow = SignInFlow & { readonly user: User };

/** Refused before anything was written. */
const REFUSED_BEFORE: ReadonlySet<string> = new Set(['TOO_MANY_SENDS', 'TOO_MANY_ATTEMPTS', 'FACTOR_LOCKED']);

/** The purpose of a first code; none if a number must be chosen or entered, or a lock waited for, first. */
function firstCode({ stage, numbers, challenge, now }: SignInFlow): ChallengeFacts | undefined {
  if (challenge !== undefined) return challenge.resendAt > now ? undefined : challenge;
  const [number, ...others] = numbers;
  return stage === 'send' && number !== undefined && others.length === 0 ? { purpose: 'sign-in', number } : undefined;
}

export function noPhoneNumber(user: User | undefined): SmsOtpError {
  const hasValue = user !== undefined && user.phoneNumbers.length > 0;
  return new SmsOtpError('NO_PHONE_NUMBER', hasValue ? { words: 'noUsableNumber' } : {});
}
