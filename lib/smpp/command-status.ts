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
  /** Whether the peer has closed the connection, without an error. */
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
