import type { Deliveries, DeliveryFacts } from './domain/delivery.ts';
import type { Clock, SmsTransport } from './domain/ports.ts';
import { SmsOtpError } from './errors.ts';
import type { Notify } from './events.ts';

/** What the network reports later goes into the shared state: the person may be waiting at another process. */
export function listenForReceipts(
  transport: SmsTransport,
  deliveries: Deliveries,
  { notify, clock }: { readonly notify: Notify; readonly clock: Clock },
): void {
  transport.onReceipt?.(async (receipt) => {
    const { smsc, state, reason } = receipt;
    const time = new Date(clock());
    let known: DeliveryFacts | undefined;
    try {
      known = await deliveries.receive(receipt);
    } catch (error) {
      if (error instanceof SmsOtpError) notify('fault', { time, code: error.code, error });
    }
    notify('deliveryReported', { time, smsc, state, ...(reason === undefined ? {} : { reason }), ...known });
  });
}
