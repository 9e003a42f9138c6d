export type { SmsOtpErrorCode } from '../errors.ts';
export {
  type ClientOptions,
  type RepeatOrNot,
  type SmsOtpClient,
  smsOtpClient,
  type WatchOptions,
} from './client.ts';
export { type ProblemDetails, SmsOtpProblem } from './problem.ts';
export type { Delivery, NumberToChoose, SignedInUser, SmsOtpState } from './state.ts';
