import type { DeliveryReceipt, SendResult, SmsMessage } from '../domain/ports.ts';
import type { Logger } from '../log.ts';
import type { Receipt } from './delivery-receipts.ts';
import { Dispatch, type DispatchQueue } from './dispatch.ts';
import type { Pdu } from './pdu.ts';
import { Routes } from './routes.ts';
import type { SmppSettings } from './smpp-schema.ts';
import { Smsc, type SmscListener } from './smsc.ts';
import { type Timeouts, timeoutsOf } from './timeouts.ts';

const MOST_WAITING = 1000;

/**
 * Takes each message to an SMSC of its route that has room and was not tried; messages that are due first go first. They
 * wait while one may have room by their deadline: it is bound, or an attempt to bind is under way, or the next one is
 * due by then. Otherwise they are rejected at once, and also when they are overdue.
 */
export class Router implements DispatchQueue, SmscListener {
  readonly smscs: readonly Smsc[];
  readonly routes: Routes;
  readonly #timeouts: Timeouts;
  readonly #log: Logger;
  readonly #onReceipt: (receipt: DeliveryReceipt) => void;
  /** By their deadlines. */
  readonly #waiting: Dispatch[] = [];
  #overdue = 0;
  #open = 0;
  #onDrained: (() => void) | undefined;
  #wakeUp: NodeJS.Timeout | undefined;
  #wasBound = false;

  constructor(settings: SmppSettings, timeouts: Timeouts, log: Logger, onReceipt: (receipt: DeliveryReceipt) => void) {
    this.smscs = settings.smscs.map((smsc) => new Smsc(smsc, timeoutsOf(smsc, timeouts), this, log));
    this.routes = new Routes(settings, this.smscs);
    this.#timeouts = timeouts;
    this.#log = log;
    this.#onReceipt = onReceipt;
  }

  /** How many messages wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many were dropped because no SMSC had room in time. */
  get overdue(): number {
    return this.#overdue;
  }

  start(): void {
    for (const smsc of this.smscs) smsc.start();
  }

  /** Rejects only if the message surely was not sent. */
  send(message: SmsMessage): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      const dispatch = new Dispatch(message, this.#timeouts, this, { resolve, reject });
      this.#open += 1;
      this.add(dispatch);
    });
  }

  /** Waits for the responses that are due, up to 5 seconds, then unbinds. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#timeouts.drain);
      this.#onDrained = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#open === 0) this.#onDrained();
    });
    await Promise.all(this.smscs.map((smsc) => smsc.close()));
  }

  add(dispatch: Dispatch): void {
    const now = Date.now();
    const deadline = Math.min(now + this.#timeouts.step, dispatch.lastSubmitAt);
    if (now > deadline) dispatch.giveUp('there is no time left');
    else if (this.#waiting.length >= MOST_WAITING) dispatch.giveUp('too many messages wait already');
    else {
      // Messages that wait already go first.
      const lane = this.#waiting.length === 0 ? dispatch.choose(now) : undefined;
      if (lane === undefined) this.#wait(dispatch, deadline);
      else dispatch.submitTo(lane);
    }
  }

  onSettled(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#onDrained?.();
  }

  onReceipt({ name }: Smsc, receipt: Receipt): void {
    this.#onReceipt({ smsc: name, ...receipt });
  }

  /** Some operators report over any of their hosts: it may be of another one, if only that can be meant. */
  ownerOf(pdu: Pdu, from: Smsc): Smsc {
    if (this.smscs.length === 1 || from.isOwnerOf(pdu)) return from;
    const [owner = from, ...others] = this.smscs.filter((smsc) => smsc.isOwnerOf(pdu));
    return others.length === 0 ? owner : from;
  }

  onBound(): void {
    if (!this.#wasBound) this.#log.info('SMPP Initialized successfully'); // see SmppTransport.open
    this.#wasBound = true;
    this.onRoom();
  }

  hasOthers(smsc: Smsc): boolean {
    return this.routes.all.some(({ lanes }) => lanes.length > 1 && lanes.some((lane) => lane.smsc === smsc));
  }

  onRoom(): void {
    if (this.#wakeUp !== undefined) clearTimeout(this.#wakeUp);
    if (this.#waiting.length === 0) return;
    const now = Date.now();
    let place = 0;
    // By place: a copy of the queue for each response would cost more than the rest of a message.
    for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[place]) {
      if (!this.smscs.some(({ freeAt }) => freeAt <= now)) break;
      // If the timer is late, the code may have too little life left.
      const lane = waiting.waitsUntil < now ? undefined : waiting.choose(now);
      if (lane === undefined) place += 1;
      else {
        this.#leave(waiting);
        waiting.submitTo(lane);
      }
    }
    if (this.#waiting.length > 0) this.#prepare(now);
  }

  /** Messages that wait for it in vain are rejected. */
  onLoss(): void {
    for (const waiting of this.#waiting.filter(isHopeless)) this.#giveUp(waiting);
    this.onRoom();
  }

  #wait(dispatch: Dispatch, deadline: number): void {
    dispatch.waitsUntil = deadline;
    dispatch.timer = setTimeout(() => this.#drop(dispatch), deadline - Date.now());
    this.#waiting.splice(this.#waiting.findLastIndex((other) => other.waitsUntil <= deadline) + 1, 0, dispatch);
    this.onRoom();
    if (this.#waiting.includes(dispatch) && isHopeless(dispatch)) this.#giveUp(dispatch);
  }

  /** Messages still wait: binds that were let go may help, or time if a rate limit holds them up. */
  #prepare(now: number): void {
    for (const smsc of this.smscs) smsc.wake();
    const next = Math.min(...this.smscs.map(({ freeAt }) => freeAt).filter((time) => time > now));
    if (next !== Number.POSITIVE_INFINITY) this.#wakeUp = setTimeout(() => this.onRoom(), next - now).unref();
  }

  #drop(dispatch: Dispatch): void {
    this.#overdue += 1;
    this.#giveUp(dispatch);
  }

  #giveUp(dispatch: Dispatch): void {
    this.#leave(dispatch);
    const reasons = dispatch.untried.map(
      ({ name, failure }) => `${name} cannot be used: ${failure ?? 'no room in time'}`,
    );
    dispatch.giveUp(reasons.join('; '));
  }

  #leave(dispatch: Dispatch): void {
    clearTimeout(dispatch.timer);
    const place = this.#waiting.indexOf(dispatch);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}

function isHopeless({ untried, waitsUntil }: Dispatch): boolean {
  return !untried.some((smsc) => smsc.isExpectedBy(waitsUntil));
}
