export type { AddressKind, NumberingPlan, SourceAddress, TypeOfNumber } from './address.ts';
export type { SmppTransportOptions, SmscOptions } from './smpp-options.ts';
export { SmppTransport } from './smpp-transport.ts';
