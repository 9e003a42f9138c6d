import type { Timings } from './timings.ts';

/** Notices a peer that says nothing: has it asked once, then given up. */
export class KeepAlive {
  readonly #ask: NodeJS.Timeout;
  #dead: NodeJS.Timeout | undefined;

  constructor({ silence, dead }: Pick<Timings, 'silence' | 'dead'>, onSilent: () => void, onDead: () => void) {
    this.#ask = setTimeout(() => {
      this.#dead = setTimeout(onDead, dead).unref();
      onSilent();
    }, silence).unref();
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
