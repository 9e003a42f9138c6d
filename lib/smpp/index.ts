export type { TlsOptions } from '../schema/tls-options.ts';
export type { AddressKind, AddressRange, NumberingPlan, SourceAddress, TypeOfNumber } from './address.ts';
export { type GluuSmppProperties, smppOptionsFromGluu } from './gluu-properties.ts';
export type { RouteStats } from './routes.ts';
export type { ReceiptState, RouteOptions, SmppTransportOptions, SmscOptions, StatusClasses } from './smpp-options.ts';
export { type SmppStats, SmppTransport } from './smpp-transport.ts';
export type { SmscStats } from './smsc.ts';
export type { Tlvs, TlvValue } from './tlv.ts';
