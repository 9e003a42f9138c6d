/** What happened in one step of the window. */
interface Step {
  readonly number: number;
  sent: number;
  verified: number;
}

/** However long the window is, it slides in so many steps at most. */
const MAX_STEPS = 60;

/**
 * How many codes were sent and how many came back, in a window that slides. A code counts once the slot of time after its
 * own is over: whoever has just been sent one is still typing.
 */
export class Conversion {
  readonly #slotsPerStep: number;
  readonly #stepsInWindow: number;
  #steps: Step[] = [];
  /** Codes that were sent a moment ago, by slot. */
  readonly #young = new Map<number, number>();

  constructor(slotsInWindow: number) {
    this.#slotsPerStep = Math.ceil(slotsInWindow / MAX_STEPS);
    this.#stepsInWindow = Math.ceil(slotsInWindow / this.#slotsPerStep);
  }

  /** Whether nothing is left in the window. */
  get isEmpty(): boolean {
    return this.#steps.length === 0 && this.#young.size === 0;
  }

  count(what: 'sent' | 'verified', slot: number): void {
    this.#grow(slot);
    if (what === 'verified') this.#step(slot).verified += 1;
    else this.#young.set(slot, (this.#young.get(slot) ?? 0) + 1);
  }

  /** @param slot that has just begun */
  at(slot: number): { readonly sent: number; readonly verified: number } {
    this.#grow(slot);
    const last = Math.floor(slot / this.#slotsPerStep);
    this.#steps = this.#steps.filter(({ number }) => number > last - this.#stepsInWindow);
    const sum = (what: 'sent' | 'verified'): number => this.#steps.reduce((total, step) => total + step[what], 0);
    return { sent: sum('sent'), verified: sum('verified') };
  }

  #grow(slot: number): void {
    for (const [before, sent] of this.#young) {
      if (before >= slot - 1) continue;
      this.#step(before).sent += sent;
      this.#young.delete(before);
    }
  }

  #step(slot: number): Step {
    const number = Math.floor(slot / this.#slotsPerStep);
    const known = this.#steps.find((step) => step.number === number);
    if (known !== undefined) return known;
    const step = { number, sent: 0, verified: 0 };
    this.#steps.push(step);
    return step;
  }
}
