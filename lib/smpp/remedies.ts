import { classOf } from './command-status.ts';
import type { StatusClass, StatusClasses } from './smpp-options.ts';

const BY_CLASS: Readonly<Record<Exclude<StatusClass, 'ok'>, string>> = {
  throttled: 'Wait a moment. Set messagesPerSecond to what the account allows, or ask the operator for more.',
  transient: 'Try again in a minute. Ask the operator if it stays so, and say the status and the time.',
  session: 'Ask the operator which kinds of bind the account has, and how many at once.',
  number: 'Is it a mobile number, and does the account reach its country?',
  route: 'Ask the operator what the account may send to this country, and say the status.',
  config: 'Ask the operator, and say the status: is the account active, and is this address allowed?',
  bug: 'The SMSC does not understand the message. Ask the operator, and say the status.',
};

/** Statuses of which more is known (SMPP 3.4, section 5.1.3). */
const BY_STATUS: ReadonlyMap<number, string> = new Map([
  [0x03, "Ask the operator for transceiver binds, or set bindMode: 'transmitter' or 'transmitter+receiver'."],
  [0x04, "The account may want another kind of bind: set bindMode: 'transmitter' or 'transmitter+receiver'."],
  [0x05, 'No error of the configuration. To test the bind itself, stop a process of the app first.'],
  [0x06, 'Set priority: 0.'],
  [0x07, 'Set requestReceipts: false.'],
  [0x0a, 'Compare source with the senders that the operator has registered for this country, and its ton and npi.'],
  [0x0e, 'Compare password with what the operator gave you.'],
  [0x0f, 'Compare systemId with what the operator gave you.'],
  [0x14, 'The queue of the SMSC is full. Wait a moment; if it stays so, ask the operator.'],
  [0x15, 'Compare serviceType with what the operator gave you.'],
  [0x48, 'Compare ton of source with what the operator wants.'],
  [0x49, 'Compare npi of source with what the operator wants.'],
  [0x50, 'Compare ton of destination with what the operator wants.'],
  [0x51, 'Compare npi of destination with what the operator wants.'],
  [0x53, 'Compare systemType with what the operator gave you.'],
  [0x62, "Set validityPeriod: 'absolute', or 'none'."],
  [0xc0, 'Compare tlvs with what the operator wants: an optional parameter is not in its place.'],
  [0xc1, 'Compare tlvs with what the operator wants: an optional parameter is not allowed.'],
  [0xc2, 'Compare tlvs with what the operator wants: an optional parameter has the wrong length.'],
  [0xc3, 'Compare tlvs with what the operator wants: an optional parameter is missing.'],
  [0xc4, 'Compare tlvs with what the operator wants: an optional parameter has a wrong value.'],
]);

/** The remedy for an operator of the app, by status. */
export function remedyOf(status: number, ownClasses: StatusClasses = {}): string {
  const kind = classOf(status, ownClasses);
  const general = kind === 'ok' ? BY_CLASS.transient : BY_CLASS[kind];
  return ownClasses[status] === undefined ? (BY_STATUS.get(status) ?? general) : general;
}
