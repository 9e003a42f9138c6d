import { ResultCodeError } from 'ldapts';
import type { Deadline } from '../deadline.ts';

/** The result codes that mean something here (RFC 4511, section 4.1.9 and appendix A). */
export const RESULT_CODE = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  authMethodNotSupported: 7,
  strongAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  confidentialityRequired: 13,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  objectClassViolation: 65,
  other: 80,
} as const;

export type ResultCodeName = keyof typeof RESULT_CODE;

interface FaultDetails {
  /** The remedy for an operator, if one is known. */
  readonly remedy?: string;
  /** Active Directory's own reason of a refused bind: `775` is a locked account. */
  readonly subCode?: string;
}

/**
 * The directory did not do what it was asked. The message names the server and the fault. It leaves out the directory's
 * own text, which may hold names and numbers.
 */
export class DirectoryFault extends Error {
  override readonly name: string = 'DirectoryFault';
  readonly quotesNothing = true;
  /** As in RFC 4511, section 4.1.9; `undefined` if no response came. */
  readonly resultCode: number | undefined;
  readonly remedy: string | undefined;
  readonly subCode: string | undefined;

  constructor(message: string, resultCode?: number, { remedy, subCode }: FaultDetails = {}) {
    super(message);
    this.resultCode = resultCode;
    this.remedy = remedy;
    this.subCode = subCode;
  }

  /** Whether the directory responded with one of these codes. */
  hasCode(names: readonly ResultCodeName[]): boolean {
    return names.some((name) => RESULT_CODE[name] === this.resultCode);
  }
}

/** The connection ended before the response came: nobody knows whether the request was carried out. */
export class ConnectionLost extends DirectoryFault {
  override readonly name = 'ConnectionLost';
}

/** The time was over before the response came. */
export class LateResponse extends DirectoryFault {
  override readonly name = 'LateResponse';
}

/** The fault behind an error of a socket, of TLS or of ldapts. */
export function toDirectoryFault(server: string, error: unknown, deadline: Deadline): DirectoryFault {
  if (error instanceof DirectoryFault) return error;
  if (error instanceof ResultCodeError) return refusal(server, error);
  if (deadline.isOver) return new LateResponse(`${server} did not answer in time.`);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return new DirectoryFault(`${server} cannot be reached: ${error.code}.`);
  }
  return new ConnectionLost(`The connection to ${server} was lost.`);
}

/** Those that ldapts 8.2 has no name for. */
const NAMELESS: Readonly<Record<number, string>> = {
  [RESULT_CODE.referral]: 'ReferralError',
  [RESULT_CODE.other]: 'OtherError',
};

function refusal(server: string, { code, name, message }: ResultCodeError): DirectoryFault {
  const known = NAMELESS[code] ?? name;
  // Active Directory gives its reason as a number in its text, and nothing else of that text may be shown.
  const subCode = message.match(/(?<=, data )[0-9a-f]{1,8}(?=,)/)?.[0];
  const detail = subCode === undefined ? '' : `, data ${subCode}`;
  return new DirectoryFault(`${server} answered ${known} (${code})${detail}.`, code, {
    ...(subCode !== undefined && { subCode }),
  });
}
