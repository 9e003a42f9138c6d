import type { Trouble } from './faulty-proxy.ts';

export type Peer = 'SMSC' | 'directory' | 'shared state' | 'session store';

/** One server in one kind of trouble, and what people see of it; docs/operations.md has the same table. */
export interface Outage {
  readonly peer: Peer;
  readonly trouble: Trouble | 'full';
  /** Username and right password; `unknown` is what the code's page says of the SMS. */
  readonly signIn: string;
  /** The right code, sent before the trouble began. */
  readonly code: string;
  /** A page behind the gate, with both factors; the grant is looked up anew. */
  readonly inside: string;
}

const SMS = '503 SMS_UNAVAILABLE';
const DIRECTORY = '503 DIRECTORY_UNAVAILABLE';
const STATE = '503 STATE_UNAVAILABLE';

/** The longest that an answer takes with the default deadlines, in seconds. */
export const LONGEST_SECONDS: Readonly<Record<Peer, number>> = {
  SMSC: 10,
  directory: 5,
  'shared state': 2,
  'session store': 1.5,
};

export const OUTAGES: readonly Outage[] = [
  { peer: 'SMSC', trouble: 'refused', signIn: SMS, code: '200', inside: '200' },
  { peer: 'SMSC', trouble: 'blackHole', signIn: '200 unknown', code: '200', inside: '200' },
  { peer: 'SMSC', trouble: 'slow', signIn: '200 unknown', code: '200', inside: '200' },
  { peer: 'SMSC', trouble: 'cut', signIn: '200 unknown', code: '200', inside: '200' },
  { peer: 'SMSC', trouble: 'garbage', signIn: '200 unknown', code: '200', inside: '200' },
  { peer: 'SMSC', trouble: 'full', signIn: SMS, code: '200', inside: '200' },
  { peer: 'directory', trouble: 'refused', signIn: DIRECTORY, code: DIRECTORY, inside: '200' },
  { peer: 'directory', trouble: 'blackHole', signIn: DIRECTORY, code: DIRECTORY, inside: '200' },
  { peer: 'directory', trouble: 'slow', signIn: DIRECTORY, code: DIRECTORY, inside: '200' },
  { peer: 'directory', trouble: 'cut', signIn: DIRECTORY, code: DIRECTORY, inside: '200' },
  { peer: 'directory', trouble: 'garbage', signIn: DIRECTORY, code: DIRECTORY, inside: '200' },
  { peer: 'directory', trouble: 'full', signIn: DIRECTORY, code: DIRECTORY, inside: '200' },
  { peer: 'shared state', trouble: 'refused', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'shared state', trouble: 'blackHole', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'shared state', trouble: 'slow', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'shared state', trouble: 'cut', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'shared state', trouble: 'garbage', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'shared state', trouble: 'full', signIn: STATE, code: STATE, inside: '200' },
  { peer: 'session store', trouble: 'refused', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'session store', trouble: 'blackHole', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'session store', trouble: 'slow', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'session store', trouble: 'cut', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'session store', trouble: 'garbage', signIn: STATE, code: STATE, inside: STATE },
  { peer: 'session store', trouble: 'full', signIn: STATE, code: STATE, inside: '200' },
];
