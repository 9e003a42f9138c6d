import type { TlsOptions } from '../tls-options.ts';
import type { AddressKind, SourceAddress } from './address.ts';

/** One SMSC, where a URL does not say enough. Only `host` is required. */
export interface SmscOptions {
  /** How it is called in logs, errors and receipts. Default: `host:port`. */
  readonly name?: string;
  readonly host: string;
  /** Default: 3550 with TLS, 2775 without. */
  readonly port?: number;
  /**
   * `true`, or more about it: a private CA, a client certificate (PEM), or the name that the server's certificate has.
   * The certificate is always checked, and TLS is 1.2 or later. Default: false.
   */
  readonly tls?: boolean | TlsOptions;
  /** Up to 15 characters. Default: none, which some SMSCs in private networks accept. */
  readonly systemId?: string;
  readonly password?: string;
  /** Up to 12 characters. Default: none. */
  readonly systemType?: string;
  /** Up to 5 characters, as `CMT`. Default: none. */
  readonly serviceType?: string;
  /**
   * Whether there are receipts: a transmitter gets none. Where a transceiver is refused as such, a transmitter is bound
   * instead. Default: `'transceiver'`.
   */
  readonly bindMode?: 'transceiver' | 'transmitter';
  /** From 0, the lowest, to 3 (SMPP 3.4, section 5.2.14); 0 where the SMSC refuses it. Default: 1. */
  readonly priority?: number;
  /** Messages that may wait for their answers at once. Default: 10; up to 1000. */
  readonly window?: number;
}

/** What `SmppTransport` needs to know. */
export interface SmppTransportOptions {
  /**
   * `smpps://user:password@host:port` (TLS; also `ssmpp:`) or `smpp://…` (plain), or more details. The first that
   * works is used, the others where it does not.
   */
  readonly smscs: readonly (string | SmscOptions)[];
  /** The sender: up to 11 letters and digits, or a number. */
  readonly source: string | SourceAddress;
  /** What kind of address the phone numbers are. Default: INTERNATIONAL, ISDN. */
  readonly destination?: AddressKind;
  /** Accepts passwords and codes in clear over the network in production. Default: only to the machine itself. */
  readonly allowInsecure?: readonly 'plainSmpp'[];
}
