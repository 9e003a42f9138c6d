/** What one SMSC did since the start, and does now. */
export interface SmscStats {
  /** Sessions that are bound, a receiver included. */
  readonly bound: number;
  /** Messages that wait for their answers. */
  readonly inFlight: number;
  /** Messages that were given to it, whatever became of them. */
  readonly submits: number;
  /** How many of them it refused because it was too much or its queue was full. */
  readonly throttled: number;
  /** Answers that came after nobody waited for them any more. */
  readonly lateAnswers: number;
}

/** For an operator's metrics. Counts begin at 0 with the transport. */
export interface SmppStats {
  /** Messages that wait for room at any SMSC. */
  readonly waiting: number;
  /** Messages that were dropped because no SMSC had room in time. */
  readonly overdue: number;
  /** By the SMSC's name. */
  readonly smscs: Readonly<Record<string, SmscStats>>;
}
