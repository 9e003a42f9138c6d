export type { AddressKind, NumberingPlan, SourceAddress, TypeOfNumber } from './address.ts';
export { type GluuSmppProperties, smppOptionsFromGluu } from './gluu-properties.ts';
export type { SmppTransportOptions, SmscOptions } from './smpp-options.ts';
export { SmppTransport } from './smpp-transport.ts';
