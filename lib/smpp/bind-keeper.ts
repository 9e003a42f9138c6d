import { Backoff } from './backoff.ts';
import { Bind, type BindMode } from './bind.ts';
import type { BindContext } from './bind-context.ts';
import { BindRefusal } from './bind-refusal.ts';
import { IdleTimer } from './idle-timer.ts';
import { Pause } from './pause.ts';
import type { SessionEvents } from './session.ts';
import type { SmscFailure } from './smsc-failure.ts';

export interface BindKeeperEvents extends SessionEvents {
  /** A bind came about, the first or another one. */
  onBound(bind: Bind): void;
  /** A bind failed or ended, and the next attempt comes after a pause. */
  onFailure(failure: SmscFailure): void;
}

/** Keeps one bind up from `start` to `close`; with `idleUnbindSeconds`, only while there is something to do. */
export class BindKeeper {
  readonly #mode: BindMode;
  readonly #context: BindContext;
  readonly #events: BindKeeperEvents;
  readonly #backoff: Backoff;
  readonly #pause = new Pause();
  #running: Promise<void> | undefined;
  #bind: Bind | undefined;
  #failure: SmscFailure | undefined;
  /** Milliseconds since 1970; 0 while there is a bind or an attempt. */
  #nextAttemptAt = 0;
  #idleTimer: IdleTimer | undefined;
  /** The last bind, where it was let go because there was nothing to do. */
  #released: Bind | undefined;
  #isWanted = false;
  #isClosed = false;

  constructor(mode: BindMode, context: BindContext, events: BindKeeperEvents) {
    this.#mode = mode;
    this.#context = context;
    this.#events = events;
    this.#backoff = new Backoff(context.timings.shortestPause, context.timings.longestPause);
  }

  /** The bind, or the attempt at one. */
  get bind(): Bind | undefined {
    return this.#bind;
  }

  get isBound(): boolean {
    return this.#bind?.isBound ?? false;
  }

  /** Whether all is as it should be: bound, or let go because there is nothing to do. */
  get isBoundOrIdle(): boolean {
    return this.isBound || this.#released !== undefined;
  }

  /** What is wrong, if anything is known to be. */
  get failure(): SmscFailure | undefined {
    return this.#failure;
  }

  /** Whether a bind may come about by then (milliseconds since 1970). */
  isExpectedBy(time: number): boolean {
    return this.#running !== undefined && this.#nextAttemptAt <= time && !this.#isClosed;
  }

  start(): void {
    this.#running ??= this.#keepBound();
  }

  /** There is something to do. */
  wake(): void {
    this.#isWanted = true;
    this.#pause.interrupt();
  }

  /** Something was done: the time after which a bind is let go begins anew. */
  touch(): void {
    this.#idleTimer?.touch();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pause.end();
    await this.#bind?.unbind();
    await this.#running;
  }

  async #keepBound(): Promise<void> {
    while (!this.#isClosed) {
      this.#isWanted = false;
      const failure = await this.#runBindAsItCan();
      if (this.#isClosed) return;
      if (failure !== undefined) await this.#rest(failure);
      else if (!this.#isWanted) await this.#pause.take({ isInterruptible: true });
    }
  }

  /** Where a transceiver is refused, a transmitter is tried at once, and once. */
  async #runBindAsItCan(): Promise<SmscFailure | undefined> {
    const failure = await this.#runBind(this.#mode);
    const goesOn = failure instanceof BindRefusal && failure.mayBeAboutMode && this.#mode === 'transceiver';
    return goesOn && !this.#isClosed ? this.#runBind('transmitter') : failure;
  }

  /** One session from beginning to end; gives what ended it, if it was not let go. */
  async #runBind(mode: BindMode): Promise<SmscFailure | undefined> {
    const { smsc, timings, proven } = this.#context;
    const bind = new Bind(smsc, { mode, isProven: proven.has(mode) }, timings, this.#events);
    this.#bind = bind;
    const boundAt = (await bind.open()) ? Date.now() : Number.POSITIVE_INFINITY;
    if (bind.isBound) {
      proven.add(mode);
      this.#failure = undefined;
      this.#released = undefined;
      const onIdle = (): void => this.#release(bind);
      this.#idleTimer = new IdleTimer(smsc.idleUnbindSeconds, () => bind.inFlight > 0, onIdle);
      this.#events.onBound(bind);
    }
    const failure = await bind.closed;
    this.#idleTimer?.stop();
    if (Date.now() - boundAt >= timings.stable) this.#backoff.reset();
    this.#bind = undefined;
    return this.#released === bind ? undefined : failure;
  }

  #release(bind: Bind): void {
    this.#released = bind;
    this.#isWanted = false;
    void bind.unbind();
  }

  /** Until the next attempt. Where others hold the account's binds, that comes earlier if it is wanted. */
  async #rest(failure: SmscFailure): Promise<void> {
    const { configPause, busyPause } = this.#context.timings;
    const longest = failure.kind === 'config' ? configPause : this.#backoff.next();
    const least = failure.kind === 'busy' ? Math.min(longest, busyPause) : longest;
    this.#failure = failure;
    this.#released = undefined;
    this.#nextAttemptAt = Date.now() + least;
    this.#events.onFailure(failure);
    await this.#pause.take({ milliseconds: least });
    const isOver = least === longest || this.#isWanted || this.#isClosed;
    if (!isOver) await this.#pause.take({ milliseconds: longest - least, isInterruptible: true });
    this.#nextAttemptAt = 0;
  }
}
