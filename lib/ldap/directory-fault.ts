import { ResultCodeError } from 'ldapts';
import type { Deadline } from './deadline.ts';
import { RESULT_CODE, type ResultCodeName } from './result-code.ts';

/**
 * The directory did not do what it was asked. The message names the server and the fault; what the directory said
 * is left out, since its texts may hold names and numbers.
 */
export class DirectoryFault extends Error {
  override readonly name: string = 'DirectoryFault';
  /** As in RFC 4511, section 4.1.9; `undefined` where no answer came. */
  readonly resultCode: number | undefined;
  /** What an operator can do about it, where that is known. */
  readonly remedy: string | undefined;

  constructor(message: string, resultCode?: number, remedy?: string) {
    super(message);
    this.resultCode = resultCode;
    this.remedy = remedy;
  }

  /** Whether the directory answered, and with one of these. */
  isAnswer(names: readonly ResultCodeName[]): boolean {
    return names.some((name) => RESULT_CODE[name] === this.resultCode);
  }
}

/** The connection ended before the answer came: nobody knows whether the request was carried out. */
export class ConnectionLost extends DirectoryFault {
  override readonly name = 'ConnectionLost';
}

/** The fault behind an error of a socket, of TLS or of ldapts. */
export function directoryFault(server: string, error: unknown, deadline: Deadline): DirectoryFault {
  if (error instanceof DirectoryFault) return error;
  if (error instanceof ResultCodeError) {
    return new DirectoryFault(`${server} answered ${error.name} (${error.code})${detail(error)}.`, error.code);
  }
  if (deadline.isOver) return new DirectoryFault(`${server} did not answer in time.`);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return new DirectoryFault(`${server} cannot be reached: ${error.code}.`);
  }
  return new ConnectionLost(`The connection to ${server} was lost.`);
}

/** Active Directory tells why it refuses by a number in its text, as `data 775` for a locked account. */
function detail({ message }: ResultCodeError): string {
  return message.match(/, data [0-9a-f]{1,8}(?=,)/)?.[0] ?? '';
}
