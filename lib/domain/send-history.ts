import type { DeliveryState } from './delivery-state.ts';

/** One message of a challenge. */
export interface Sending {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the address that asked for it is counted under. */
  readonly addressBlock?: string;
  /** The name of the SMSC that took it. */
  readonly smsc?: string;
}

/** What is kept of a challenge's messages. */
export interface SendHistory {
  /** In their order. */
  readonly sendings: readonly Sending[];
  /** Of the last one; `undefined` where nothing is known. */
  readonly state: DeliveryState | undefined;
}

export const NOTHING_SENT: SendHistory = { sendings: [], state: undefined };
