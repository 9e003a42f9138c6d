/** How the SMSC simulator treats binds and messages; what is absent is as in an SMSC that works. */
export interface Behaviour {
  /** The `command_status` of the answer to a bind [0, or what the credentials deserve]. */
  readonly bindStatus?: number;
  /** The `command_status` of the answer to a message [0]; another one refuses the message. */
  readonly submitStatus?: number;
  /** Whether a message is answered, left without an answer, or answered by a closed connection ['answer']. */
  readonly reaction?: 'answer' | 'silence' | 'drop';
  /** How long the answer to a message takes [0]. */
  readonly answerAfterMilliseconds?: number;
  /** What the receipt after the answer says ['delivered']. */
  readonly receipt?: 'delivered' | 'failed' | 'none';
  /** Leaves every PDU without an answer from now on, as a dead peer does [false]. */
  readonly isDead?: boolean;
  /** For so many submits only, then everything works again [no end]. */
  readonly submits?: number;
}

/** The behaviour in force; the count of submits runs down here. */
export class Mood {
  #behaviour: Behaviour = {};
  #submitsLeft = Number.POSITIVE_INFINITY;

  set(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#submitsLeft = behaviour.submits ?? Number.POSITIVE_INFINITY;
  }

  get now(): Behaviour {
    return this.#submitsLeft > 0 ? this.#behaviour : {};
  }

  forSubmit(): Behaviour {
    const behaviour = this.now;
    this.#submitsLeft -= 1;
    return behaviour;
  }
}
