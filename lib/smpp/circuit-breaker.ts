import type { SubmitResult } from './submit.ts';
import { Backoff } from './timeouts.ts';

const FAILED_RECIPIENTS = 5;
const SECOND = 1000;
const SHORTEST_PAUSE_MILLISECONDS = 5_000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;

/**
 * Notices that an SMSC fails its messages although it is bound: those to five different recipients in a row, so that one
 * bad number, however often it is tried, proves nothing. Then it gets one message from time to time, as a probe, until
 * it takes one. Times are in milliseconds since 1970.
 */
export class CircuitBreaker {
  readonly #failed = new Set<string>();
  readonly #backoff = new Backoff(SHORTEST_PAUSE_MILLISECONDS, LONGEST_PAUSE_MILLISECONDS);
  #fault = '';
  #probeAt = 0;
  #isProbing = false;
  #throttledAt = Number.NEGATIVE_INFINITY;

  get isOpen(): boolean {
    return this.#failed.size >= FAILED_RECIPIENTS;
  }

  /** The fault that opened it, or keeps it open. */
  get fault(): string | undefined {
    return this.isOpen ? this.#fault : undefined;
  }

  /** Whether the SMSC may get a message as if nothing was wrong: nothing is, or a probe is due. */
  allows(now: number): boolean {
    return !this.isOpen || (!this.#isProbing && now >= this.#probeAt);
  }

  /** A message is on its way; while it is open, that is the probe. */
  begin(): void {
    this.#isProbing = this.isOpen;
  }

  /** A refusal for the message's own sake shows that the SMSC works. */
  learn(result: SubmitResult, recipient: string, now: number): void {
    const { kind } = result;
    this.#isProbing = false;
    if (kind === 'ok' || kind === 'number' || kind === 'route' || kind === 'config' || kind === 'bug') this.reset();
    else if (kind === 'throttled' ? this.isOpen || this.#isTooBusy(now) : kind !== 'session')
      this.#fail(result.reason, recipient, now);
  }

  /** A message was taken, or the SMSC is newly bound: what was lost with the bind before says nothing of this one. */
  reset(): void {
    if (this.#failed.size > 0) this.#failed.clear(); // to clear an empty set is not free, and most are
    this.#backoff.reset();
  }

  /** At a peak it refuses many at once, and takes some between them: hence one counts in a second. */
  #isTooBusy(now: number): boolean {
    if (now < this.#throttledAt + SECOND) return false;
    this.#throttledAt = now;
    return true;
  }

  #fail(fault: string, recipient: string, now: number): void {
    this.#fault = fault;
    if (!this.isOpen) this.#failed.add(recipient);
    if (this.isOpen) this.#probeAt = now + this.#backoff.next();
  }
}
