import { randomInt } from 'node:crypto';

/** How long things may take, in milliseconds. */
export interface Timeouts {
  /** For each step before a message: the connection, TLS, the bind, and a free place in a window. */
  readonly step: number;
  /** From a submit to its response. */
  readonly response: number;
  /** For one send in all: the queue, the responses, other SMSCs. */
  readonly send: number;
  /** Without a byte from the SMSC before `enquire_link` asks. */
  readonly silence: number;
  /** Without a byte after `enquire_link` before the connection counts as dead. */
  readonly dead: number;
  /** For the rest of a PDU that has begun. */
  readonly partialPdu: number;
  /** For the responses of a closing transport. */
  readonly drain: number;
  /** For the end of a session after `unbind`. */
  readonly unbind: number;
  /** The shortest and the longest pause between two attempts to connect. */
  readonly shortestPause: number;
  readonly longestPause: number;
  /** The pause after a failure that only a change of the configuration can mend. */
  readonly configPause: number;
  /** The longest pause while all binds of the account are in use and a message waits. */
  readonly busyPause: number;
  /** How long a bind must hold before the pauses start again from the shortest. */
  readonly stable: number;
}

export const TIMEOUTS: Timeouts = {
  step: 5_000,
  response: 5_000,
  send: 10_000,
  silence: 15_000,
  dead: 5_000,
  partialPdu: 10_000,
  drain: 5_000,
  unbind: 2_000,
  shortestPause: 500,
  longestPause: 30_000,
  configPause: 300_000,
  busyPause: 1_000,
  stable: 10_000,
};

/** The timeouts that one SMSC's options set. */
export interface OwnTimeouts {
  readonly bindTimeoutSeconds?: number | undefined;
  readonly responseTimeoutSeconds?: number | undefined;
  readonly enquireLinkSeconds?: number | undefined;
}

export function timeoutsOf(own: OwnTimeouts, timeouts: Timeouts): Timeouts {
  const milliseconds = (seconds: number | undefined, otherwise: number): number =>
    seconds === undefined ? otherwise : seconds * 1000;
  return {
    ...timeouts,
    step: milliseconds(own.bindTimeoutSeconds, timeouts.step),
    response: milliseconds(own.responseTimeoutSeconds, timeouts.response),
    silence: milliseconds(own.enquireLinkSeconds, timeouts.silence),
  };
}

/** Pauses with decorrelated jitter: each is random between the shortest and three times the one before. */
export class Backoff {
  readonly #shortest: number;
  readonly #longest: number;
  #previous: number;

  /** Whole milliseconds. */
  constructor(shortest: number, longest: number) {
    this.#shortest = shortest;
    this.#longest = longest;
    this.#previous = shortest;
  }

  next(): number {
    this.#previous = Math.min(this.#longest, randomInt(this.#shortest, this.#previous * 3 + 1));
    return this.#previous;
  }

  reset(): void {
    this.#previous = this.#shortest;
  }
}

/** Notices a peer that says nothing: it is asked once, then given up. */
export class KeepAlive {
  readonly #ask: NodeJS.Timeout;
  #dead: NodeJS.Timeout | undefined;

  constructor({ silence, dead }: Pick<Timeouts, 'silence' | 'dead'>, onSilent: () => void, onDead: () => void) {
    this.#ask = setTimeout(() => {
      this.#dead = setTimeout(onDead, dead).unref();
      onSilent();
    }, silence).unref();
  }

  heard(): void {
    clearTimeout(this.#dead);
    this.#ask.refresh();
  }

  stop(): void {
    clearTimeout(this.#dead);
    clearTimeout(this.#ask);
  }
}
