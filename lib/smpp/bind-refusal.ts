import { classOf, describeStatus } from './command-status.ts';
import { SmscFailure } from './smsc-failure.ts';

const INVALID_COMMAND = 0x03;
const BIND_FAILED = 0x0d;

/** An SMSC's answer to a bind, where it is a no. */
export class BindRefusal extends SmscFailure {
  /** Whether the kind of bind may be what is refused: by an SMSC of SMPP 3.3, or for an account that only sends. */
  readonly mayBeAboutMode: boolean;

  constructor(status: number) {
    super(`it refused the bind: ${describeStatus(status)}`, classOf(status) === 'config');
    this.mayBeAboutMode = status === INVALID_COMMAND || status === BIND_FAILED;
  }
}
