import type { Clock } from '../domain/ports.ts';
import { SmsOtpError } from '../errors.ts';
import type { Notify } from '../events.ts';

/** Tells of faults that nobody who waits is told of: what they were in the way of is done, or ends by itself. */
export function reportFaults(notify: Notify, clock: Clock): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof SmsOtpError) notify('fault', { time: new Date(clock()), code: error.code, error });
  };
}
