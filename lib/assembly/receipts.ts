import type { Deliveries, DeliveryFacts } from '../domain/delivery.ts';
import type { Clock, SmsTransport } from '../domain/ports.ts';
import type { Notify } from '../events.ts';
import { reportFaults } from './fault-report.ts';

/** What the network reports later goes into the shared state: the person may be waiting at another process. */
export function listenForReceipts(
  transport: SmsTransport,
  deliveries: Deliveries,
  { notify, clock }: { readonly notify: Notify; readonly clock: Clock },
): void {
  const onFault = reportFaults(notify, clock);
  transport.onReceipt?.(async (receipt) => {
    const { smsc, state, reason } = receipt;
    const time = new Date(clock());
    const known: DeliveryFacts | undefined = await deliveries.receive(receipt).catch(onFault);
    notify('deliveryReported', { time, smsc, state, ...(reason === undefined ? {} : { reason }), ...known });
  });
}
