interface PauseEnd {
  /** Without a time it lasts until it is ended. */
  readonly milliseconds?: number;
  /** Whether `interrupt` ends it, too. */
  readonly isInterruptible?: boolean;
}

/** A pause that can be ended before its time. */
export class Pause {
  #end: (() => void) | undefined;
  #isInterruptible = false;

  /** Resolves at its end. */
  async take({ milliseconds, isInterruptible = false }: PauseEnd): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    this.#isInterruptible = isInterruptible;
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds).unref();
    });
    clearTimeout(timer);
    this.#end = undefined;
  }

  interrupt(): void {
    if (this.#isInterruptible) this.end();
  }

  end(): void {
    this.#end?.();
  }
}
