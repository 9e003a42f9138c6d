/** Notices a peer that says nothing: has it asked once, then given up. Both times are in milliseconds. */
export class KeepAlive {
  readonly #ask: NodeJS.Timeout;
  readonly #deadMilliseconds: number;
  readonly #onDead: () => void;
  #dead: NodeJS.Timeout | undefined;

  constructor(times: { readonly silence: number; readonly dead: number }, onSilent: () => void, onDead: () => void) {
    this.#deadMilliseconds = times.dead;
    this.#onDead = onDead;
    this.#ask = setTimeout(() => {
      this.#dead = setTimeout(this.#onDead, this.#deadMilliseconds).unref();
      onSilent();
    }, times.silence).unref();
  }

  /** A byte came. */
  heard(): void {
    clearTimeout(this.#dead);
    this.#ask.refresh();
  }

  stop(): void {
    clearTimeout(this.#dead);
    clearTimeout(this.#ask);
  }
}
