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

  /** A deadline for one of `count` equal parts of the remaining time; the part begins now. */
  part(count: number): Deadline {
    return new Deadline(this.#remaining / count);
  }

  /** @throws the error that `late` creates, if no answer comes in time */
  async limit<Answer>(answer: Promise<Answer>, late: () => Error): Promise<Answer> {
    return within(answer, this.#remaining, late);
  }

  get #remaining(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }
}

/**
 * The answer, if it comes in time. A late answer is ignored, however it ends. The timer keeps the process alive until
 * the call is over, and never outlives it.
 *
 * @throws the error that `late` creates, if no answer comes within so many milliseconds
 */
export async function within<Answer>(
  answer: Promise<Answer>,
  milliseconds: number,
  late: () => Error,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([answer, end]);
  } finally {
    clearTimeout(timer);
  }
}
