/** Counts sends that are under way, so that an end can wait for them. */
export class UnderWay {
  #count = 0;
  #onDone: (() => void) | undefined;

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#count += 1;
    try {
      return await work();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) this.#onDone?.();
    }
  }

  /** Resolves when none is under way any more, or the time is over. */
  done(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#onDone = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#count === 0) this.#onDone();
    });
  }
}
