import { SmsOtpConfigError, SmsOtpError } from '../errors.ts';
import type { SmsOtpOptions } from '../options.ts';
import { type SmsOtp, smsOtp } from '../sms-otp.ts';
import { loadOptions } from './config-file.ts';
import { Failure } from './failure.ts';

/**
 * Runs a job with what the app has, and closes it afterwards.
 *
 * @throws Failure
 */
export async function withInstance<Result>(
  file: string,
  job: (otp: SmsOtp, options: SmsOtpOptions) => Promise<Result>,
): Promise<Result> {
  try {
    const options = await loadOptions(file);
    const otp = smsOtp(withoutOpening(options));
    return await job(otp, options).finally(() => otp.close());
  } catch (error) {
    throw asFailure(error);
  }
}

/** Opening the transport ahead would take a bind away from the app. */
function withoutOpening(options: SmsOtpOptions): SmsOtpOptions {
  const { transport } = options;
  if (typeof transport?.send !== 'function') return options;
  return {
    ...options,
    transport: { send: (message) => transport.send(message), close: async () => transport.close?.() },
  };
}

function asFailure(error: unknown): unknown {
  if (error instanceof SmsOtpConfigError) return new Failure('The options are wrong.', ...error.problems);
  if (!(error instanceof SmsOtpError)) return error;
  if (error.status < 500) return new Failure(error.message);
  return new Failure(error.message, 'express-sms-otp doctor tells why.');
}
