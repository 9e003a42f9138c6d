import { classOf, describeStatus, type StatusClasses } from './command-status.ts';
import { type FailureKind, SmscFailure } from './smsc-failure.ts';

const INVALID_COMMAND = 0x03;
const BIND_FAILED = 0x0d;

/** An SMSC's answer to a bind, where it is a no. */
export class BindRefusal extends SmscFailure {
  /** The answer's `command_status`. */
  readonly status: number;
  /** Whether the kind of bind may be what is refused: by an SMSC of SMPP 3.3, or for an account that only sends. */
  readonly mayBeAboutMode: boolean;

  /** Proven: the account was bound in this mode before, so that a bind that merely failed is one too many. */
  constructor(status: number, { isProven, classes }: { readonly isProven: boolean; readonly classes: StatusClasses }) {
    const isOneTooMany = isProven && status === BIND_FAILED;
    super(`it refused the bind: ${describeStatus(status)}`, isOneTooMany ? 'busy' : kindOf(status, classes));
    this.status = status;
    this.mayBeAboutMode = !isProven && (status === INVALID_COMMAND || status === BIND_FAILED);
  }
}

function kindOf(status: number, classes: StatusClasses): FailureKind {
  const name = classOf(status, classes);
  if (name === 'config') return 'config';
  return name === 'session' || name === 'throttled' ? 'busy' : 'passing';
}
