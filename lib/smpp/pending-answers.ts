import type { Pdu } from './codec.ts';

/** A request was written, and what became of it is not known. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}

interface PendingAnswer {
  readonly command: string;
  readonly timeoutMilliseconds: number;
  /** By `performance.now`. */
  readonly deadline: number;
  resolve(pdu: Pdu): void;
  reject(error: LostAnswer): void;
}

const LAST_SEQUENCE = 0x7fff_ffff;

/** The requests of one session that wait for their answers; each of them settles exactly once. */
export class PendingAnswers {
  readonly #pending = new Map<number, PendingAnswer>();
  #sequence: number;
  /** One for all: a timer a message costs more than the rest of it here. */
  #timer: NodeJS.Timeout | undefined;
  /** When the timer ends, by `performance.now`; the answer that it was set for may have come. */
  #alarm = Number.POSITIVE_INFINITY;

  constructor(lastSequence = 0) {
    this.#sequence = lastSequence;
  }

  /** From 1 to 0x7FFFFFFF, then round again past those in use. */
  nextSequence(): number {
    do this.#sequence = this.#sequence >= LAST_SEQUENCE ? 1 : this.#sequence + 1;
    while (this.#pending.has(this.#sequence));
    return this.#sequence;
  }

  /** The answer to the request with this number; rejects with `LostAnswer` where none comes, or an unfit one. */
  add(sequence: number, command: string, timeoutMilliseconds: number): Promise<Pdu> {
    const deadline = performance.now() + timeoutMilliseconds;
    this.#watch(deadline);
    return new Promise((resolve, reject) => {
      this.#pending.set(sequence, { command, timeoutMilliseconds, deadline, resolve, reject });
    });
  }

  /** False where nobody waits for it: it is late, or answers nothing. */
  settle(pdu: Pdu): boolean {
    const pending = this.#take(pdu.sequence);
    // The number alone proves nothing: an unknown answer with status 0 is no success.
    if (pdu.command === `${pending?.command}_resp` || pdu.command === 'generic_nack') pending?.resolve(pdu);
    else pending?.reject(new LostAnswer(`the answer was ${pdu.command}`));
    return pending !== undefined;
  }

  failAll(reason: string): void {
    for (const sequence of this.#pending.keys()) this.#take(sequence)?.reject(new LostAnswer(reason));
    clearTimeout(this.#timer);
    this.#alarm = Number.POSITIVE_INFINITY;
  }

  #take(sequence: number): PendingAnswer | undefined {
    const pending = this.#pending.get(sequence);
    this.#pending.delete(sequence);
    return pending;
  }

  #watch(deadline: number): void {
    if (deadline >= this.#alarm) return;
    this.#alarm = deadline;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dropOverdue(), Math.ceil(deadline - performance.now())).unref();
  }

  #dropOverdue(): void {
    const now = performance.now();
    this.#alarm = Number.POSITIVE_INFINITY;
    for (const [sequence, { deadline, timeoutMilliseconds }] of this.#pending) {
      if (deadline > now) this.#watch(deadline);
      else this.#take(sequence)?.reject(new LostAnswer(`no answer within ${timeoutMilliseconds} ms`));
    }
  }
}
