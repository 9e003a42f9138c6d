import type { IncomingMessage } from 'node:http';
import { SmsOtpError } from '../errors.ts';
import type { SmsOtpFacts } from '../http/state.ts';

/**
 * Who is there, as `smsOtp()` found.
 *
 * @throws SmsOtpError `MISCONFIGURED` where it was not asked: everybody would be sent round in circles
 */
export function factsOn(req: IncomingMessage & { readonly smsOtp?: SmsOtpFacts }): SmsOtpFacts {
  if (req.smsOtp !== undefined) return req.smsOtp;
  throw new SmsOtpError(
    'MISCONFIGURED',
    'This request never passed app.use(smsOtp(…)): put it before the provider and before its interactions.',
  );
}
