/** Notices when there was nothing to do for so many seconds; never where they are not given. */
export class IdleTimer {
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number | undefined, isBusy: () => boolean, onIdle: () => void) {
    if (seconds === undefined) return;
    this.#timer = setTimeout(() => (isBusy() ? this.touch() : onIdle()), seconds * 1000).unref();
  }

  /** The time begins anew. */
  touch(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
