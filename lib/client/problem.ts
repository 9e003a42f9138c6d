import type { SmsOtpErrorCode } from '../errors.ts';
import type { SmsOtpState } from './state.ts';

/** An error of the HTTP API (RFC 9457). */
export interface ProblemDetails {
  /** The code to branch on. `UNEXPECTED`: the answer did not come from this package, but from a proxy, for example. */
  readonly code: SmsOtpErrorCode | 'UNEXPECTED';
  /** The HTTP status. */
  readonly status: number;
  /** For people; may change. */
  readonly detail: string;
  /** After a wrong code: codes that may still be tried. */
  readonly attemptsRemaining?: number;
  /** The stage of the sign-in, if it continues. */
  readonly stage?: SmsOtpState['stage'];
  /** The page on which it continues. */
  readonly location?: string;
  /** At 429 and 503: the same call works after this many seconds. */
  readonly retryAfterSeconds?: number;
}

/** A refused call. A call that got no answer at all rejects with the error of `fetch`. */
export class SmsOtpProblem extends Error {
  /** Tells it from other errors, even if the script is loaded twice. */
  override readonly name = 'SmsOtpProblem';
  /** The code to branch on. */
  readonly code: ProblemDetails['code'];
  /** All that the answer says. */
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails) {
    super(details.detail);
    this.code = details.code;
    this.details = details;
  }
}

/** The error in an answer, or one that stands for an answer of somebody else. */
export function problemOf({ status, headers }: Response, body: unknown): SmsOtpProblem {
  const retryAfter = Number(headers.get('Retry-After') ?? Number.NaN);
  return new SmsOtpProblem({
    ...(isProblem(body) ? body : { code: 'UNEXPECTED', status, detail: `The server answered ${status}.` }),
    ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
  });
}

function isProblem(body: unknown): body is ProblemDetails {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}
