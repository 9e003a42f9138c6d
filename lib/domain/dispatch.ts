import { SmsOtpError } from '../errors.ts';
import { type Challenge, type Challenges, codeExpired } from './challenge.ts';
import type { Cooldown } from './cooldown.ts';
import type { Deliveries } from './delivery.ts';
import type { DispatchReport, Sent } from './dispatch-report.ts';
import { fault } from './fault.ts';
import type { GuessBudget } from './guess-budget.ts';
import { accountOf } from './payer.ts';
import type { Clock, SendResult, SmsTransport } from './ports.ts';
import { type SendBudget, tooManySends } from './send-budget.ts';
import { NOTHING_SENT } from './send-history.ts';
import type { SendOrder } from './send-order.ts';

export interface DispatchParts {
  readonly challenges: Challenges;
  readonly cooldown: Cooldown;
  readonly deliveries: Deliveries;
  readonly guesses: GuessBudget;
  readonly sends: SendBudget;
  readonly transport: SmsTransport;
  readonly clock: Clock;
  readonly resendAfterSeconds: readonly number[];
  readonly report: DispatchReport;
  /** @throws SmsOtpError `SEND_REFUSED` */
  readonly approve: (order: SendOrder) => Promise<void>;
  readonly compose: (order: SendOrder, code: string, secondsLeft: number) => string;
}

type Undo = (error: unknown) => Promise<unknown>;

/** Starts a challenge, or repeats it, and sends its code. */
export class Dispatch {
  readonly #parts: DispatchParts;

  constructor(parts: DispatchParts) {
    this.#parts = parts;
  }

  /**
   * @returns the challenge that is pending now
   * @throws SmsOtpError `TOO_MANY_SENDS`, `TOO_MANY_ATTEMPTS`, `FACTOR_LOCKED`, `SEND_REFUSED`, `PHONE_NOT_ACCEPTED`,
   *   `CODE_EXPIRED`, `SMS_UNAVAILABLE`, `STATE_UNAVAILABLE`; then nothing was sent, and nothing is counted but what is
   *   said of a number that nobody has proven
   */
  async send(order: SendOrder): Promise<Challenge> {
    const { clock, report } = this.#parts;
    const undo: Undo[] = [];
    const askedAt = clock();
    try {
      const challenge = await this.#pay(order, undo);
      const submittedAt = clock();
      const result = await this.#submit(order, challenge);
      report.sent(order, result, {
        milliseconds: clock() - submittedAt,
        isResend: challenge.id === order.challengeId,
      });
      await this.#settle(order, challenge, result).catch(report.forgotten);
      return challenge;
    } catch (error) {
      // What cannot be undone ends by itself with its window; the person hears of the first failure.
      for (const step of undo.reverse()) await step(error).catch(() => undefined);
      if (error instanceof SmsOtpError) report.refused(order, error, clock() - askedAt);
      throw error;
    }
  }

  async #pay(order: SendOrder, undo: Undo[]): Promise<Challenge> {
    const { cooldown, deliveries, sends, guesses, challenges, approve } = this.#parts;
    await guesses.assertNotUsedUp(order.payer);
    const pending = await this.#findPending(order);
    const sendsSoFar = pending === undefined ? 0 : (await deliveries.sendings(pending.id)).length;
    if (!(await cooldown.win(order, this.#pauseAfter(sendsSoFar)))) {
      throw tooManySends(Math.max(await cooldown.secondsLeft(order), await sends.secondsLeft(order)));
    }
    undo.push(() => cooldown.giveBack(order));
    await sends.pay(order);
    undo.push((error) => (isVerdict(order, error) ? Promise.resolve() : sends.giveBack(order)));
    await approve(order);
    const challenge = await this.#prepare(order, pending);
    // Where the same code is sent again, an earlier message may still bring it: it stays.
    if (challenge !== pending) undo.push(() => challenges.claim(challenge.id));
    const before = pending === undefined ? NOTHING_SENT : await deliveries.read(pending.id);
    undo.push(() => deliveries.cancel(challenge.id, before));
    await deliveries.begin(challenge.id, order.addressBlock, before);
    return challenge;
  }

  /** The session's challenge, where this send may repeat it. */
  async #findPending(order: SendOrder): Promise<Challenge | undefined> {
    const { challenges, guesses } = this.#parts;
    const challenge = order.challengeId === undefined ? undefined : await challenges.read(order.challengeId);
    const isSame =
      challenge?.subject === order.user.id &&
      challenge.purpose === order.purpose &&
      challenge.number === order.number &&
      JSON.stringify(challenge.change) === JSON.stringify(order.change) &&
      accountOf(challenge.payer) === accountOf(order.payer) &&
      challenges.code(challenge) !== undefined;
    return isSame && (await guesses.remaining(challenge)) > 0 ? challenge : undefined;
  }

  async #prepare(order: SendOrder, pending: Challenge | undefined): Promise<Challenge> {
    const { challenges, guesses } = this.#parts;
    if (pending !== undefined) return challenges.isFresh(pending) ? pending : challenges.renew(pending);
    const { signIn, purpose, number, change, user, payer, addressBlock } = order;
    const facts = { signIn, purpose, number, subject: user.id, payer, addressBlock };
    const challenge = challenges.draw(change === undefined ? facts : { ...facts, change });
    await Promise.all([challenges.write(challenge), guesses.open(challenge)]);
    return challenge;
  }

  async #submit(order: SendOrder, challenge: Challenge): Promise<Sent> {
    const { transport, challenges, compose } = this.#parts;
    const code = challenges.code(challenge);
    if (code === undefined) throw codeExpired();
    const text = compose(order, code, challenges.secondsLeft(challenge));
    let result: SendResult;
    try {
      result = await transport.send({ to: order.number, text, expiresAt: new Date(challenge.endsAt) });
    } catch (cause) {
      throw fault('SMS_UNAVAILABLE', 'The code cannot be sent right now. Please try again in a moment.', cause);
    }
    if (result.status !== 'refused') return result;
    throw new SmsOtpError('PHONE_NOT_ACCEPTED', 'The network does not accept this phone number.');
  }

  async #settle(order: SendOrder, challenge: Challenge, result: Sent): Promise<void> {
    const { deliveries, challenges } = this.#parts;
    await deliveries.settle(challenge.id, result, order.number);
    const { challengeId } = order;
    if (challengeId !== undefined && challengeId !== challenge.id) await challenges.claim(challengeId);
  }

  #pauseAfter(sends: number): number {
    const { resendAfterSeconds } = this.#parts;
    return resendAfterSeconds[Math.min(sends, resendAfterSeconds.length - 1)] ?? 0;
  }
}

/**
 * A verdict on an unproven number tells whoever walks along a block of numbers which of them exist: it costs a send.
 */
function isVerdict({ purpose }: SendOrder, error: unknown): boolean {
  const isRefused =
    error instanceof SmsOtpError && (error.code === 'PHONE_NOT_ACCEPTED' || error.code === 'SEND_REFUSED');
  return purpose === 'enroll' && isRefused;
}
