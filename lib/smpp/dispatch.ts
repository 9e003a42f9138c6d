import type { SendResult, SmsMessage } from '../domain/ports.ts';
import { remedyOf } from './command-status.ts';
import type { Lane, Route, Routes } from './routes.ts';
import type { Smsc } from './smsc.ts';
import { type OutgoingMessage, readMessage, SHORTEST_LIFE_SECONDS, type SubmitResult } from './submit.ts';
import { PAUSE_MILLISECONDS, pauseMilliseconds } from './throttle.ts';
import type { Timeouts } from './timeouts.ts';

/** Takes a message on to an SMSC that has not had it, sooner or later, or gives it up. */
export interface DispatchQueue {
  readonly routes: Routes;
  add(dispatch: Dispatch): void;
  /** An SMSC may take a message that waits. */
  onRoom(): void;
  /** The caller has been answered. */
  onSettled(): void;
}

/**
 * How often one message may go on to another SMSC after such a result. A definite refusal cannot lead to a second SMS. A
 * lost response can, with the same text, and therefore only once.
 */
const FAILOVERS: Readonly<Record<Exclude<SubmitResult['kind'], 'ok'>, number>> = {
  throttled: Number.POSITIVE_INFINITY,
  session: Number.POSITIVE_INFINITY,
  route: Number.POSITIVE_INFINITY,
  config: Number.POSITIVE_INFINITY,
  transient: 1,
  lost: 1,
  number: 0,
  bug: 0,
};

const NO_FAILURES: readonly SubmitResult['kind'][] = [];
const NO_PAUSES: readonly NodeJS.Timeout[] = [];

/** The caller's promise. */
interface Caller {
  resolve(result: SendResult): void;
  reject(error: Error): void;
}

/** The message surely was not sent. */
class MessageNotSent extends Error {
  /** The remedy for an operator of the app, if an SMSC has said why. */
  readonly remedy: string | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.remedy = status === undefined ? undefined : remedyOf(status);
  }
}

/** One message's way from SMSC to SMSC, and what is to be said of it in the end. Times are in milliseconds since 1970. */
export class Dispatch implements OutgoingMessage {
  readonly recipient: string;
  readonly text: string;
  readonly expiresAt: number;
  readonly deadline: number;
  readonly lastReturnAt: number;
  readonly templateId: string | undefined;
  /** While it waits in the queue. */
  waitsUntil = 0;
  timer: NodeJS.Timeout | undefined;
  readonly #route: Route;
  readonly #queue: DispatchQueue;
  readonly #caller: Caller;
  /** Each SMSC gets a message once; one that was too busy does not have it, and may get it again after a pause. */
  #tried: Lane[] = [];
  #pauses: readonly NodeJS.Timeout[] = NO_PAUSES;
  /** Whether it waits for the end of a pause alone. */
  #isParked = false;
  #isReturning = false;
  #failures: readonly SubmitResult['kind'][] = NO_FAILURES;
  #reasons = '';
  #status: number | undefined;
  #result: SendResult | undefined;

  /** @throws Error if the number is not E.164, or if the message lives less than 20 seconds from now */
  constructor(message: SmsMessage, { send, step }: Timeouts, queue: DispatchQueue, caller: Caller) {
    const now = Date.now();
    const { recipient, expiresAt } = readMessage(message, now);
    this.recipient = recipient;
    this.text = message.text;
    this.templateId = message.templateId;
    this.expiresAt = expiresAt;
    this.#route = queue.routes.find(recipient);
    this.deadline = now + Math.max(send, this.#route.longestMilliseconds);
    this.lastReturnAt = Math.min(now + step, this.deadline - PAUSE_MILLISECONDS, this.#end);
    this.#queue = queue;
    this.#caller = caller;
  }

  /** Later it is not submitted any more. */
  get lastSubmitAt(): number {
    return this.#isReturning ? this.lastReturnAt : Math.min(this.deadline, this.#end);
  }

  /** Later the code is not worth an SMS. */
  get #end(): number {
    return this.expiresAt - SHORTEST_LIFE_SECONDS * 1000;
  }

  /** The SMSCs that have not had it. */
  get untried(): readonly Smsc[] {
    return this.#route.lanes.filter((lane) => !this.#tried.includes(lane)).map(({ smsc }) => smsc);
  }

  submitTo(lane: Lane): void {
    this.#isReturning = false;
    this.#tried.push(lane);
    lane.smsc.submit(this, lane.encoder);
  }

  /**
   * An SMSC that has room and was not tried: the one with the least to do. One that does not suit is asked only if none
   * that does can be.
   */
  choose(now: number): Lane | undefined {
    let [best, bestThatSuits]: (Lane | undefined)[] = [];
    let oneThatSuitsIsUp = false;
    for (const lane of this.#route.lanes) {
      if (this.#tried.length > 0 && this.#tried.includes(lane)) continue;
      const isFree = lane.smsc.freeAt <= now;
      const suits = lane.smsc.suits(this.recipient, now);
      oneThatSuitsIsUp ||= suits && (isFree || lane.smsc.isUp);
      if (!isFree) continue;
      if (best === undefined || lane.smsc.load < best.smsc.load) best = lane;
      if (suits && (bestThatSuits === undefined || lane.smsc.load < bestThatSuits.smsc.load)) bestThatSuits = lane;
    }
    return oneThatSuitsIsUp ? bestThatSuits : best;
  }

  onResult(result: SubmitResult): void {
    const lane = this.#tried.at(-1);
    const name = lane?.smsc.name ?? '';
    if (result.kind === 'ok') {
      this.#result = this.#sent('accepted', name, result.messageId);
      this.#settle();
      return;
    }
    this.#addReason(`${name} ${result.reason}`);
    this.#status = result.status ?? this.#status;
    if (result.kind === 'number') this.#result ??= { status: 'refused', reason: 'number' };
    if (result.kind === 'lost' || result.isBegun) this.#result ??= this.#sent('unknown', name);
    this.#failures = [...this.#failures, result.kind];
    const mayGoOn = this.#failures.filter((kind) => kind === result.kind).length <= FAILOVERS[result.kind];
    if (mayGoOn && result.kind === 'throttled' && result.isBegun !== true) this.#pause(lane);
    if (mayGoOn && this.#tried.length < this.#route.lanes.length) this.#queue.add(this);
    else if (mayGoOn) this.#parkOrSettle();
    else this.#settle();
  }

  /** None of the SMSCs that have not had it can take it. */
  giveUp(reason: string): void {
    this.#addReason(reason);
    this.#parkOrSettle();
  }

  #pause(lane: Lane | undefined): void {
    if (Date.now() + PAUSE_MILLISECONDS > this.lastReturnAt) return;
    const pause = setTimeout(() => {
      this.#pauses = this.#pauses.filter((other) => other !== pause);
      this.#tried = this.#tried.filter((other) => other !== lane);
      this.#isReturning = this.#isParked;
      this.#isParked = false;
      if (this.#isReturning) this.#queue.add(this);
      else this.#queue.onRoom();
    }, pauseMilliseconds());
    this.#pauses = [...this.#pauses, pause];
  }

  #parkOrSettle(): void {
    if (this.#pauses.length > 0) this.#isParked = true;
    else this.#settle();
  }

  #sent(status: 'accepted' | 'unknown', smsc: string, messageId = ''): SendResult {
    // Most results, in one literal: to spread others into it takes longer than the rest of a message's end.
    if (this.#route.isOnly && messageId !== '') return { status, smsc, messageId };
    return {
      status,
      smsc,
      ...(!this.#route.isOnly && { route: this.#route.name }),
      ...(messageId !== '' && { messageId }),
    };
  }

  #addReason(reason: string): void {
    if (this.#reasons.includes(reason)) return; // an SMSC that is too busy says the same again
    this.#reasons = this.#reasons === '' ? reason : `${this.#reasons}; ${reason}`;
  }

  /** Rejects with all reasons if the message surely was not sent. */
  #settle(): void {
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#route.stats[this.#result?.status ?? 'failed'] += 1;
    this.#queue.onSettled();
    if (this.#result !== undefined) this.#caller.resolve(this.#result);
    else this.#caller.reject(new MessageNotSent(this.#reasons, this.#status));
  }
}
