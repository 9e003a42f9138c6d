import type { SmsTransport } from '../domain/ports.ts';
import { SmsOtpConfigError, SmsOtpError, type SmsOtpErrorCode } from '../errors.ts';
import type { SmsOtpOptions } from '../options.ts';
import { type SmsOtp, smsOtp } from '../sms-otp.ts';
import { loadOptions } from './config-file.ts';
import { Failure } from './failure.ts';
import { untilReachable } from './reachable-state.ts';

/** Messages for operators: those of the errors are for people who sign in. */
const FAULTS: { readonly [Code in SmsOtpErrorCode]?: string } = {
  DIRECTORY_UNAVAILABLE: 'The directory is unavailable.',
  STATE_UNAVAILABLE: 'The shared state is unavailable.',
};

/** The app's middleware, in this process. */
export interface Instance {
  readonly otp: SmsOtp;
  readonly options: SmsOtpOptions;
  /** How many SMS were sent, and how many of them failed. Waits for those in flight. */
  readonly sent: () => Promise<{ readonly all: number; readonly failed: number }>;
}

/**
 * Runs a job with the app's middleware, and closes it afterwards.
 *
 * @throws Failure
 */
export async function withInstance(file: string, job: (instance: Instance) => Promise<void>): Promise<void> {
  try {
    const options = await loadOptions(file);
    const sends: Promise<boolean>[] = [];
    const otp = smsOtp(
      isTransport(options.transport) ? { ...options, transport: onDemand(options.transport, sends) } : options,
    );
    const sent = async () => {
      const outcomes = await Promise.all(sends);
      return { all: outcomes.length, failed: outcomes.filter((isSent) => !isSent).length };
    };
    // If it cannot be reached, a job that needs it reports that.
    if (options.shared !== undefined) await untilReachable(options.shared).catch(() => undefined);
    await job({ otp, options, sent }).finally(() => otp.close());
  } catch (error) {
    throw asFailure(error);
  }
}

function isTransport(transport: SmsTransport | undefined): transport is SmsTransport {
  return typeof transport?.send === 'function';
}

/** Not opened before the first message: that would take a bind away from the app. */
function onDemand(transport: SmsTransport, sends: Promise<boolean>[]): SmsTransport {
  return {
    async send(message) {
      const sending = transport.send(message);
      sends.push(sending.then(({ status }) => status !== 'refused').catch(() => false));
      return sending;
    },
    close: async () => transport.close?.(),
  };
}

function asFailure(error: unknown): unknown {
  if (error instanceof SmsOtpConfigError) return new Failure('The options are wrong.', ...error.problems);
  if (!(error instanceof SmsOtpError)) return error;
  if (error.status < 500) return new Failure(error.message);
  return new Failure(FAULTS[error.code] ?? error.message, 'express-sms-otp doctor shows why.');
}
