import { fault, SmsOtpError, withoutSecrets } from '../errors.ts';
import type { Notify } from '../events.ts';
import { type CodePolicy, codeOf, handleOf, type Purpose } from './challenge.ts';
import { Commit, type Ledger, MOST_RACES } from './commit.ts';
import type { Deliveries, DeliveryState, Note, Noted, Sent } from './delivery.ts';
import { type DescribeNumber, type EventFacts, eventFactsOf, type NumberFacts, wayOf } from './event-facts.ts';
import type { History } from './history.ts';
import type { Keyring } from './keyring.ts';
import type { TemplatedText } from './message.ts';
import type { Clock, SendResult, SmsTransport } from './ports.ts';
import type { SendLimiter } from './send-limiter.ts';
import type { SendOrder, SendPlan } from './send-order.ts';
import type { SignInRecord } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import type { User } from './user.ts';

/** The question to the app before a message goes out. */
export interface SendRequest {
  /** The user who asks for the code. */
  readonly user: User;
  /** E.164. */
  readonly to: string;
  /** The purpose of the code. */
  readonly purpose: Purpose;
  /** `req.ip`. */
  readonly ip: string | undefined;
}

export interface SubmissionDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly deliveries: Deliveries;
  readonly sends: SendLimiter;
  readonly history: History;
  readonly transport: SmsTransport;
  readonly clock: Clock;
  readonly policy: CodePolicy;
  readonly notify: Notify;
  readonly describeNumber: DescribeNumber;
  /** @throws SmsOtpError `SEND_REFUSED` */
  readonly approve: (request: SendRequest) => Promise<void>;
  /** Whether there is an answer, or a rejection, before a request has waited long enough. */
  readonly isInTime: (answer: Promise<unknown>) => Promise<boolean>;
  readonly compose: (order: SendOrder, code: string, secondsLeft: number) => Promise<TemplatedText>;
  /** Receives errors of work that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => void;
}

/** The way of one message, from the commit that counted it to the SMSC's answer; a definite failure is undone. */
export class Submission {
  readonly #deps: SubmissionDeps;
  /** Messages whose requests have been answered before the SMSC has. */
  readonly #late = new Set<Promise<void>>();

  constructor(deps: SubmissionDeps) {
    this.#deps = deps;
  }

  now(): number {
    return this.#deps.clock();
  }

  /** Resolves once nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#late);
  }

  /**
   * @param chargedAt of the commit that counted it
   * @throws SmsOtpError `SEND_REFUSED`, `PHONE_NOT_ACCEPTED`, `SMS_UNAVAILABLE`, `STATE_UNAVAILABLE`; the session holds
   *   the sign-in, unless it cannot be saved
   */
  async submit(plan: SendPlan, chargedAt: number): Promise<DeliveryState> {
    const { order, signIn } = plan;
    const { client, isNewSession, keepsAll = false } = order;
    const refusal = await this.#approve(order);
    let sent: Sent;
    let submittedAt: number;
    try {
      if (keepsAll && !(await client.session.isStored())) throw new SmsOtpError('SIGN_IN_REQUIRED');
      // No SMS goes out that no session can remember; a refusal after the first factor keeps it all the same.
      if (isNewSession) await client.session.replace(signIn.ref, keepsAll);
      if (refusal !== undefined) throw refusal;
      submittedAt = this.#deps.clock();
      const answer = this.#transmit(plan, chargedAt);
      if (!(await this.#deps.isInTime(answer))) {
        this.#follow(plan, chargedAt, submittedAt, answer);
        return 'queued';
      }
      sent = await answer;
    } catch (error) {
      // A charge that cannot be undone ends by itself with its window; the person hears of the first failure.
      await this.#undo(plan, chargedAt, error).catch(this.#deps.onBackgroundError);
      throw error;
    }
    this.#tellSent(plan, sent, this.#deps.clock() - submittedAt);
    return this.#note(plan, chargedAt, sent);
  }

  tellRefused(order: SendOrder, { code }: SmsOtpError, askedAt: number): void {
    const { clock, notify } = this.#deps;
    notify('sendRefused', { ...this.#factsOf(order), reason: code, milliseconds: clock() - askedAt });
  }

  async #approve({ user, number, purpose, client }: SendOrder): Promise<unknown> {
    try {
      await this.#deps.approve({ user, to: number, purpose, ip: client.address });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  #follow(plan: SendPlan, chargedAt: number, submittedAt: number, answer: Promise<Sent>): void {
    const followed = this.#settleLate(plan, chargedAt, submittedAt, answer)
      .catch(this.#deps.onBackgroundError)
      .finally(() => this.#late.delete(followed));
    this.#late.add(followed);
  }

  /** The person waits on the code's page already, and hears there what becomes of the message. */
  async #settleLate(plan: SendPlan, chargedAt: number, submittedAt: number, answer: Promise<Sent>): Promise<void> {
    const { deliveries, ledger, sends, clock } = this.#deps;
    const outcome: { readonly sent: Sent } | { readonly error: unknown } = await answer.then(
      (sent) => ({ sent }),
      (error: unknown) => ({ error }),
    );
    if ('sent' in outcome) {
      this.#tellSent(plan, outcome.sent, clock() - submittedAt);
      await deliveries.note(this.#noteOf(plan, chargedAt, outcome.sent));
      return;
    }
    const { error } = outcome;
    if (error instanceof SmsOtpError) this.tellRefused(plan.order, error, submittedAt);
    this.#deps.onBackgroundError(error);
    await deliveries.note(this.#noteOf(plan, chargedAt, undefined));
    if (isVerdict(plan, error)) return;
    const commit = new Commit<never>();
    sends.refundAll(commit, plan.to, chargedAt);
    await ledger.charge(commit);
  }

  #tellSent({ order, isRepeat }: SendPlan, { status, ...sent }: Sent, milliseconds: number): void {
    const where = wayOf(sent);
    this.#deps.notify('codeSent', { ...this.#factsOf(order), status, ...where, milliseconds, resend: isRepeat });
  }

  async #transmit({ order, challenge }: SendPlan, now: number): Promise<Sent> {
    const { transport, keyring, policy, compose } = this.#deps;
    const code = codeOf(challenge, order.user.id, keyring, policy.codeLength);
    if (code === undefined) throw new SmsOtpError('CODE_EXPIRED');
    const secondsLeft = Math.ceil((challenge.endsAt - now) / 1000);
    const sms = await compose(order, code, secondsLeft);
    const expiresAt = new Date(this.#deps.clock() + (challenge.endsAt - now));
    let result: SendResult;
    try {
      result = await transport.send({ to: order.number, ...sms, expiresAt });
    } catch (cause) {
      throw fault('SMS_UNAVAILABLE', withoutSecrets(cause, [order.number.slice(1), code]));
    }
    if (result.status !== 'refused') return result;
    throw new SmsOtpError('PHONE_NOT_ACCEPTED', 'The network does not accept this phone number.');
  }

  /** The message is out: if that cannot be noted, its receipt and its refund are lost, and nothing else. */
  async #note(plan: SendPlan, chargedAt: number, sent: Sent): Promise<DeliveryState> {
    const { order, signIn } = plan;
    const { deliveries, store, onBackgroundError } = this.#deps;
    let noted: Noted;
    try {
      noted = await deliveries.note(this.#noteOf(plan, chargedAt, sent));
    } catch (error) {
      onBackgroundError(error);
      return 'queued';
    }
    const isThere =
      store.holds(signIn.ref, noted.watched) && (order.isNewSession || (await order.client.session.isStored()));
    if (isThere) return noted.state;
    throw new SmsOtpError('SIGN_IN_REQUIRED');
  }

  #noteOf({ challenge, to, signIn, history }: SendPlan, chargedAt: number, sent: Sent | undefined): Note {
    const { address, number } = to;
    const watched = this.#deps.store.recordKey(signIn.ref.id);
    return { handle: handleOf(challenge), place: challenge.sends, chargedAt, address, number, sent, watched, history };
  }

  /** Puts the record back as it was before, with the guesses that were made meanwhile, and refunds the send. */
  async #undo(plan: SendPlan, chargedAt: number, error: unknown): Promise<void> {
    const { ledger, store, sends, keyring, history } = this.#deps;
    let { signIn, anchor } = plan;
    const refusal = {
      state: 'refused',
      at: chargedAt,
      reason: error instanceof SmsOtpError ? error.code : 'error',
    } as const;
    for (let race = 0; race < MOST_RACES; race++) {
      const commit = new Commit<'record' | 'anchor'>();
      if (!isVerdict(plan, error)) sends.refundAll(commit, plan.to, chargedAt);
      const before = withoutSend(signIn.record, plan);
      if (before !== undefined) store.replace(commit, signIn, before);
      if (plan.history !== undefined) history.write(commit, plan.history, refusal);
      if (anchor !== undefined) commit.remove('anchor', keyring.key('an', anchor));
      const outcome = await ledger.run(commit);
      if (outcome.refusal === undefined) return;
      if (outcome.refusal === 'anchor') anchor = undefined;
      else signIn = (await store.read(signIn.ref)).signIn ?? { ...signIn, record: plan.before };
    }
  }

  #factsOf({ user, client, purpose, number }: SendOrder): EventFacts & NumberFacts & { purpose: Purpose } {
    const { clock, describeNumber } = this.#deps;
    return { ...eventFactsOf(clock, user.id, client), purpose, ...describeNumber(number) };
  }
}

/** `undefined` if the record is not about this challenge any more. */
function withoutSend(record: SignInRecord, { before, challenge }: SendPlan): SignInRecord | undefined {
  const { challenge: now } = record;
  if (now?.bits !== challenge.bits || now.sends !== challenge.sends) return undefined;
  const earlier = before.challenge;
  const attempts = earlier?.bits === now.bits ? { attempts: now.attempts } : {};
  const { number, purpose } = before;
  return { ...record, number, purpose, challenge: earlier === undefined ? undefined : { ...earlier, ...attempts } };
}

/**
 * A verdict on an unproven number would tell an attacker who tries a block of numbers which of them exist: it costs a send.
 */
function isVerdict({ order }: SendPlan, error: unknown): boolean {
  const isRefused =
    error instanceof SmsOtpError && (error.code === 'PHONE_NOT_ACCEPTED' || error.code === 'SEND_REFUSED');
  return order.purpose === 'enroll' && isRefused;
}
