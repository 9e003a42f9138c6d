import type { Deliveries, DeliveryFacts } from '../domain/delivery.ts';
import type { Clock, SmsTransport } from '../domain/ports.ts';
import type { Notify } from '../events.ts';
import type { OnForgotten } from './fault-report.ts';

/** What the network reports later goes into the shared state: the person may be waiting at another process. */
export function listenForReceipts(
  transport: SmsTransport,
  deliveries: Deliveries,
  { notify, clock, onForgotten }: { readonly notify: Notify; readonly clock: Clock; readonly onForgotten: OnForgotten },
): void {
  transport.onReceipt?.(async (receipt) => {
    const { smsc, state, reason } = receipt;
    const time = new Date(clock());
    const known: DeliveryFacts | undefined = await deliveries.receive(receipt).catch(onForgotten);
    notify('deliveryReported', { time, smsc, state, ...(reason === undefined ? {} : { reason }), ...known });
  });
}
