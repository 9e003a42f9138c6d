import type { SmscFailure } from './command-status.ts';
import { AddressTurns, type Resolve } from './connection.ts';
import { type BindMode, Session, type SessionListener } from './session.ts';
import type { SmscSettings } from './smsc-schema.ts';
import { Backoff, type Timeouts } from './timeouts.ts';

/** Tells the SMSC what happens to its sessions. */
export interface BindListener extends SessionListener {
  /** A bind came about, the first or another one. */
  onBound(session: Session): void;
  /** A bind failed or ended, and the next attempt comes after a pause. */
  onFailure(failure: SmscFailure): void;
}

/** The dependencies that all binds to one SMSC share. */
export interface Account {
  readonly smsc: SmscSettings;
  readonly timeouts: Timeouts;
  /** The modes in which it was bound already. */
  readonly proven: Set<BindMode>;
  /** Finds the addresses of its host. @default that of Node */
  readonly resolve?: Resolve;
}

/** Keeps one bind up from `start` to `close`; with `idleUnbindSeconds`, only while there is something to do. */
export class ReconnectingSession {
  readonly #mode: BindMode;
  readonly #account: Account;
  readonly #listener: BindListener;
  readonly #backoff: Backoff;
  readonly #pause = new Pause();
  readonly #addresses: AddressTurns;
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #failure: SmscFailure | undefined;
  /** Milliseconds since 1970; 0 during a bind or an attempt. */
  #nextAttemptAt = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  /** The last session, if it was let go because there was nothing to do. */
  #released: Session | undefined;
  #isWanted = false;
  #isClosed = false;
  /** Whether a transceiver was tried again, since it was bound last. */
  #hasTriedAgain = false;
  #tryAgainTimer: NodeJS.Timeout | undefined;

  constructor(mode: BindMode, account: Account, listener: BindListener) {
    this.#mode = mode;
    this.#account = account;
    this.#listener = listener;
    this.#backoff = new Backoff(account.timeouts.shortestPause, account.timeouts.longestPause);
    this.#addresses = new AddressTurns(account.resolve);
  }

  /** The session that is bound, or about to be. */
  get session(): Session | undefined {
    return this.#session;
  }

  get isBound(): boolean {
    return this.#session?.isBound ?? false;
  }

  /** Whether all is as it should be: bound, or let go because there is nothing to do. */
  get isBoundOrIdle(): boolean {
    return this.isBound || this.#released !== undefined;
  }

  /** The fault, if any is known. */
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

  /** Something was done: the idle time starts again. */
  touch(): void {
    this.#idleTimer?.refresh();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pause.end();
    await this.#session?.unbind();
    await this.#running;
  }

  async #keepBound(): Promise<void> {
    while (!this.#isClosed) {
      this.#isWanted = false;
      const failure = await this.#runInAnyMode();
      if (this.#isClosed) return;
      if (failure !== undefined) await this.#rest(failure);
      else if (!this.#isWanted) await this.#pause.take({ isInterruptible: true });
    }
  }

  /** If a transceiver is refused as such, a transmitter is tried at once, and once. */
  async #runInAnyMode(): Promise<SmscFailure | undefined> {
    const failure = await this.#run(this.#mode);
    const goesOn = failure?.mayBeAboutMode === true && this.#mode === 'transceiver';
    return goesOn && !this.#isClosed ? this.#run('transmitter') : failure;
  }

  /** One session from beginning to end; gives what ended it, if it was not let go. */
  async #run(mode: BindMode): Promise<SmscFailure | undefined> {
    const { smsc, timeouts, proven } = this.#account;
    const plan = { mode, isProven: proven.has(mode), addresses: this.#addresses };
    const session = new Session(smsc, plan, timeouts, this.#listener);
    this.#session = session;
    const boundAt = (await session.open()) ? Date.now() : Number.POSITIVE_INFINITY;
    if (session.isBound) {
      proven.add(mode);
      this.#failure = undefined;
      this.#released = undefined;
      this.#startIdleTimer(session);
      if (mode === this.#mode) this.#hasTriedAgain = false;
      else if (!this.#hasTriedAgain) this.#tryAgainLater(session, timeouts.configPause);
      this.#listener.onBound(session);
    }
    const failure = await session.closed;
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#tryAgainTimer);
    if (Date.now() - boundAt >= timeouts.stable) this.#backoff.reset();
    this.#session = undefined;
    return this.#released === session ? undefined : failure;
  }

  #startIdleTimer(session: Session): void {
    const seconds = this.#account.smsc.idleUnbindSeconds;
    if (seconds === undefined) return;
    const onIdle = (): void => (session.inFlight > 0 ? this.touch() : this.#release(session));
    this.#idleTimer = setTimeout(onIdle, seconds * 1000).unref();
  }

  /** An SMSC or a balancer that had just started may have refused the transceiver: that is tried once more. */
  #tryAgainLater(session: Session, milliseconds: number): void {
    this.#tryAgainTimer = setTimeout(() => {
      if (!session.isBound) return;
      if (session.inFlight > 0) {
        this.#tryAgainLater(session, this.#account.timeouts.busyPause);
        return;
      }
      this.#hasTriedAgain = true;
      this.#release(session);
      this.#isWanted = true;
    }, milliseconds).unref();
  }

  #release(session: Session): void {
    this.#released = session;
    this.#isWanted = false;
    void session.unbind();
  }

  /** Waits before the next attempt. If all binds of the account are in use, a waiting message shortens the wait. */
  async #rest(failure: SmscFailure): Promise<void> {
    const { configPause, busyPause } = this.#account.timeouts;
    const longest = failure.kind === 'config' ? configPause : this.#backoff.next();
    const least = failure.kind === 'busy' ? Math.min(longest, busyPause) : longest;
    this.#failure = failure;
    this.#released = undefined;
    this.#nextAttemptAt = Date.now() + least;
    this.#addresses.advance();
    this.#listener.onFailure(failure);
    await this.#pause.take({ milliseconds: least });
    const isOver = least === longest || this.#isWanted || this.#isClosed;
    if (!isOver) await this.#pause.take({ milliseconds: longest - least, isInterruptible: true });
    this.#nextAttemptAt = 0;
  }
}

/** A pause that can be ended before its time. */
class Pause {
  #end: (() => void) | undefined;
  #isInterruptible = false;

  /** Without a time it lasts until it is ended. */
  async take(pause: { readonly milliseconds?: number; readonly isInterruptible?: boolean }): Promise<void> {
    const { milliseconds, isInterruptible = false } = pause;
    let timer: NodeJS.Timeout | undefined;
    this.#isInterruptible = isInterruptible;
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds).unref();
    });
    clearTimeout(timer);
    this.#end = undefined;
  }

  /** Ends it if it may be ended by a message that waits. */
  interrupt(): void {
    if (this.#isInterruptible) this.end();
  }

  end(): void {
    this.#end?.();
  }
}
