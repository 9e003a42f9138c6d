import type { Response } from 'express';

/** Requests whose work has begun: what their answers need is not closed before those are out. */
export class UnderWay {
  readonly #answers = new Set<Promise<void>>();

  add(res: Response): void {
    // Its client may have left while the session was read: `close` comes no more.
    if (res.closed) return;
    const answered = new Promise<void>((resolve) => {
      res.once('close', resolve);
    });
    this.#answers.add(answered);
    answered.then(() => this.#answers.delete(answered));
  }

  /** Resolves when all that began so far are answered, or their clients gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#answers);
  }
}
