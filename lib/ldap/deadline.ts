/** The time by which a call must be over. Its timer does not keep the process alive. */
export class Deadline {
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  readonly #endsAt: number;

  constructor(milliseconds: number) {
    this.signal = AbortSignal.timeout(Math.ceil(milliseconds));
    this.#endsAt = performance.now() + milliseconds;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  /** The end of one of so many equal parts of the time that is left; the part begins now. */
  part(count: number): Deadline {
    return new Deadline(Math.max(0, this.#endsAt - performance.now()) / count);
  }
}
