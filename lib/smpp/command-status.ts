import { STATUS_NAMES } from './pdu.ts';
import type { StatusClass, StatusClasses } from './smpp-options.ts';

export const INVALID_LENGTH = 0x02;
const INVALID_COMMAND = 0x03;
export const INVALID_BIND_STATE = 0x04;
const BIND_FAILED = 0x0d;

// SMPP 3.4, section 5.1.3; above 0xFF, SMPP 5.0.
const CLASSES = new Map<number, StatusClass>();
classify('ok', 0x00);
classify('throttled', 0x14, 0x58);
classify('session', 0x04, 0x05);
classify('number', 0x0b, 0xfe);
classify('route', 0x0a, 0x15, 0x48, 0x49, 0x50, 0x51, 0x62, 0x65, 0x66);
classify('route', 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0x100, 0x101, 0x103, 0x104);
classify('config', 0x0d, 0x0e, 0x0f, 0x53);
classify('bug', 0x01, 0x02, 0x03, 0x06, 0x07, 0x33, 0x34, 0x40, 0x42, 0x43, 0x44, 0x54, 0x61, 0x63);

function classify(name: StatusClass, ...statuses: readonly number[]): void {
  for (const status of statuses) CLASSES.set(status, name);
}

/** Vendors' own and reserved values are transient unless `statusClasses` says otherwise. */
export function classOf(status: number, ownClasses: StatusClasses = {}): StatusClass {
  return ownClasses[status] ?? CLASSES.get(status) ?? 'transient';
}

/** As `ESME_RTHROTTLED (0x58)`. */
export function describeStatus(status: number): string {
  const digits = `0x${status.toString(16).toUpperCase().padStart(2, '0')}`;
  return `${STATUS_NAMES.get(status) ?? 'status'} (${digits})`;
}

/**
 * `config`: only a change of the configuration helps. `busy`: all binds of the account are in use, perhaps for a moment.
 */
export type FailureKind = 'passing' | 'busy' | 'config';

/** Why an SMSC cannot be used. The message is for operators: it holds no credentials, no number and no text. */
export class SmscFailure extends Error {
  override readonly name: string = 'SmscFailure';
  readonly kind: FailureKind;
  /** Whether a transmitter may be welcome after this, although a transceiver was not. */
  readonly mayBeAboutMode: boolean = false;
  /** Whether the peer has closed the connection, or reset it. */
  readonly isClose: boolean = false;

  constructor(message: string, kind: FailureKind = 'passing') {
    super(message);
    this.kind = kind;
  }
}

/** The peer has closed the connection. */
export class ConnectionClose extends SmscFailure {
  override readonly isClose = true;
}

/** The SMSC has closed the connection in place of a response to the bind: some refuse a transceiver so. */
export class BindCutOff extends SmscFailure {
  override readonly mayBeAboutMode = true;
}

/** The SMSC's response refuses the bind. */
export class BindRefusal extends SmscFailure {
  override readonly name = 'BindRefusal';
  /** The response's `command_status`. */
  readonly status: number;
  /** An SMSC of SMPP 3.3, or one whose account only sends, refuses a transceiver like that. */
  override readonly mayBeAboutMode: boolean;

  /** Proven: the account was bound in this mode before, so a failed bind is one bind too many. */
  constructor(status: number, { isProven, classes }: { readonly isProven: boolean; readonly classes: StatusClasses }) {
    const isOneTooMany = isProven && status === BIND_FAILED;
    super(`it refused the bind: ${describeStatus(status)}`, isOneTooMany ? 'busy' : kindOf(status, classes));
    this.status = status;
    this.mayBeAboutMode = !isProven && [INVALID_COMMAND, INVALID_BIND_STATE, BIND_FAILED].includes(status);
  }
}

function kindOf(status: number, classes: StatusClasses): FailureKind {
  const name = classOf(status, classes);
  if (name === 'config') return 'config';
  return name === 'session' || name === 'throttled' ? 'busy' : 'passing';
}

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
