/** How long things may take, in milliseconds. */
export interface Timings {
  /** To connect, to agree on TLS, to bind, to wait for a bind or for room in its window: each. */
  readonly step: number;
  /** Until the answer to a message. */
  readonly answer: number;
  /** For one send in all: waiting, answers, another SMSC. */
  readonly send: number;
  /** Without a byte from the SMSC until it is asked with `enquire_link`. */
  readonly silence: number;
  /** Without a byte after that until the connection counts as dead. */
  readonly dead: number;
  /** For the rest of a PDU that has begun. */
  readonly partialPdu: number;
  readonly drain: number;
  readonly unbind: number;
  /** Between two attempts to connect: at least, at most. */
  readonly shortestPause: number;
  readonly longestPause: number;
  /** After an attempt that cannot work before somebody changes the configuration. */
  readonly configPause: number;
  /** At most, where the account's binds are all taken and a message waits. */
  readonly busyPause: number;
  /** How long a bind must have held for the pauses to begin anew. */
  readonly stable: number;
}

export const TIMINGS: Timings = {
  step: 5_000,
  answer: 5_000,
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
