import type { Config } from '../config.ts';
import type { Clock } from '../domain/ports.ts';
import type { SecondFactor } from '../domain/second-factor.ts';
import { SmsOtpError } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { DomainDeps } from './compose.ts';

/** Receives errors of background work. The request has already been answered; the work is done or expires on its own. */
export function reportBackgroundErrors(
  notify: Notify,
  clock: Clock,
  { logger }: Pick<Config, 'logger'>,
): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof SmsOtpError) notify('fault', { time: new Date(clock()), code: error.code, error });
    // Its message may quote what could not be read: a record with a number in it.
    else logger.error(`Something failed after its answer: ${error instanceof Error ? error.name : 'no Error'}`);
  };
}

/** Receipts go into the shared state: the person may be waiting at another process. */
export function listenForReceipts(
  { transport }: Pick<Config, 'transport'>,
  { deliveries }: Pick<SecondFactor, 'deliveries'>,
  { notify, clock, onBackgroundError }: Pick<DomainDeps, 'notify' | 'clock' | 'onBackgroundError'>,
): void {
  transport.onReceipt?.(async (receipt) => {
    const { smsc, state, reason } = receipt;
    const time = new Date(clock());
    const known = await deliveries.receive(receipt).catch(onBackgroundError);
    notify('deliveryReported', {
      time,
      smsc,
      state,
      ...(reason !== undefined && { reason }),
      ...known,
    });
  });
}
