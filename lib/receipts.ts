import type { Deliveries } from './domain/delivery.ts';
import type { Clock, SmsTransport } from './domain/ports.ts';
import { SmsOtpError } from './errors.ts';
import type { Notify } from './events.ts';

/** What the network reports later goes into the shared state: the person may be waiting at another process. */
export function listenForReceipts(
  transport: SmsTransport,
  deliveries: Deliveries,
  { notify, clock }: { readonly notify: Notify; readonly clock: Clock },
): void {
  transport.onReceipt?.((receipt) => {
    const { smsc, state, reason } = receipt;
    notify('deliveryReported', { time: new Date(clock()), smsc, state, ...(reason === undefined ? {} : { reason }) });
    deliveries.receive(receipt).catch((error: unknown) => {
      if (error instanceof SmsOtpError) notify('fault', { time: new Date(clock()), code: error.code, error });
    });
  });
}
