import type { TlsOptions } from '../schema/tls-options.ts';
import type { AddressKind, SourceAddress } from './address.ts';
import type { StatusClasses } from './command-status.ts';

/** One SMSC, where a URL does not say enough. Only `host` is required. */
export interface SmscOptions {
  /** How it is called in logs, errors and receipts. Default: `host:port`. */
  readonly name?: string;
  /** Name or address. */
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
  /** Up to 64 characters, though SMPP 3.4 allows 8. Default: none. */
  readonly password?: string;
  /** Up to 12 characters. Default: none. */
  readonly systemType?: string;
  /** Up to 5 characters, as `CMT`. Default: none. */
  readonly serviceType?: string;
  /** The numbers whose messages the account gets, up to 40 characters; most SMSCs ignore it. Default: none. */
  readonly addressRange?: string;
  /**
   * Whether there are receipts: a transmitter alone gets none; a receiver beside it gets them. Where a transceiver is
   * refused as such, a transmitter is bound instead. Default: `'transceiver'`.
   */
  readonly bindMode?: 'transceiver' | 'transmitter' | 'transmitter+receiver';
  /**
   * Sessions at once that send; a receiver comes on top. As many as the account allows at most. Default: 1; up to 32.
   */
  readonly binds?: number;
  /** From 0, the lowest, to 3 (SMPP 3.4, section 5.2.14); 0 where the SMSC refuses it. Default: 1. */
  readonly priority?: number;
  /** Messages that may wait for their answers at once, per bind. Default: 10; up to 1000. */
  readonly window?: number;
  /** Per bind, with each part of a long text counted. Default: no limit until the SMSC says that it is too much. */
  readonly messagesPerSecond?: number;
  /**
   * Lets a bind go that had nothing to do for so long, and binds again when there is something to send: for accounts that
   * allow fewer binds than there are processes. Receipts that come later are missed. Default: binds stay; up to 3600.
   */
  readonly idleUnbindSeconds?: number;
  /** How the SMSC is told when the code dies (SMPP 3.4, section 7.1.1). Default: `'relative'`. */
  readonly validityPeriod?: 'relative' | 'absolute' | 'none';
  /**
   * How receipts name messages. `'text'`: as the answers do, but for case. `'decimal'`: also but for leading zeros.
   * `'hex'`: answers in hexadecimal, receipts in decimal. Default: `'auto'`, which learns it.
   */
  readonly messageIdFormat?: 'auto' | 'hex' | 'decimal' | 'text';
  /** What the SMSC's own values of `command_status` mean, as `{ 0x400: 'number' }`. Default: 0x400 up are transient. */
  readonly statusClasses?: StatusClasses;
}

/** What `SmppTransport` needs to know. */
export interface SmppTransportOptions {
  /**
   * `smpps://user:password@host:port` (TLS; also `ssmpp:`) or `smpp://…` (plain), or more details. The one with
   * the least to do is used, the first where several have; where one does not work, another.
   */
  readonly smscs: readonly (string | SmscOptions)[];
  /** The sender: up to 11 letters and digits, or a number. */
  readonly source: string | SourceAddress;
  /** What kind of address the phone numbers are. Default: INTERNATIONAL, ISDN. */
  readonly destination?: AddressKind;
  /** Accepts passwords and codes in clear over the network in production. Default: only to the machine itself. */
  readonly allowInsecure?: readonly 'plainSmpp'[];
}
