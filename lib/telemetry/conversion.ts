/** What happened in one slot of time. */
interface Slot {
  readonly number: number;
  sent: number;
  verified: number;
}

/** How many codes were sent and how many came back, in a window that slides by slots. */
export class Conversion {
  readonly #slotsInWindow: number;
  #slots: Slot[] = [];

  constructor(slotsInWindow: number) {
    this.#slotsInWindow = slotsInWindow;
  }

  count(what: 'sent' | 'verified', number: number): void {
    let slot = this.#slots.at(-1);
    if (slot?.number !== number) {
      slot = { number, sent: 0, verified: 0 };
      this.#slots.push(slot);
    }
    slot[what] += 1;
  }

  /**
   * The codes of slots that are over, and all that came back: whoever has just been sent one is still typing.
   *
   * @param now the slot that has just begun
   */
  at(now: number): { readonly sent: number; readonly verified: number } {
    this.#slots = this.#slots.filter(({ number }) => number > now - this.#slotsInWindow);
    const over = this.#slots.filter(({ number }) => number < now);
    return { sent: sum(over, 'sent'), verified: sum(this.#slots, 'verified') };
  }

  /** Whether nothing is left in the window. */
  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }
}

function sum(slots: readonly Slot[], what: 'sent' | 'verified'): number {
  return slots.reduce((total, slot) => total + slot[what], 0);
}
