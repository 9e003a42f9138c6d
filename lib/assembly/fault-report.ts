import type { Clock } from '../domain/ports.ts';
import { SmsOtpError } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { Logger } from '../log.ts';

/** Who hears of errors that nobody who waits is told of: what they were in the way of is done, or ends by itself. */
export type OnForgotten = (error: unknown) => undefined;

export function reportForgotten(notify: Notify, clock: Clock, logger: Logger): OnForgotten {
  return (error) => {
    if (error instanceof SmsOtpError) notify('fault', { time: new Date(clock()), code: error.code, error });
    // Its message may quote what could not be read: a record with a number in it.
    else logger.error(`Something failed after its answer: ${error instanceof Error ? error.name : 'no Error'}`);
  };
}
