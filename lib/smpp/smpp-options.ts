import type { TlsOptions } from '../schema/tls-options.ts';
import type { AddressKind, AddressRange, SourceAddress } from './address.ts';
import type { Tlvs } from './tlv.ts';

/** One SMSC, for what a URL cannot say. Only `host` is required. */
export interface SmscOptions {
  /**
   * Its name in logs, errors, receipts and routes.
   *
   * @default `host:port`
   */
  readonly name?: string;
  /** Name or address. */
  readonly host: string;
  /** TCP port. @default 3550 with TLS, 2775 without */
  readonly port?: number;
  /**
   * The port for the receiver, if it has one of its own; for `bindMode: 'transmitter+receiver'`.
   *
   * @default the same
   */
  readonly receiverPort?: number;
  /**
   * This machine's address that the connection comes from, if it has several and the operator knows one. After each failure
   * the next address of the host is tried.
   *
   * @default the system's choice
   */
  readonly localAddress?: string;
  /**
   * `true`, or more about it: a private CA, a client certificate (PEM), or the name that the server's certificate has.
   * The certificate is always checked, and TLS is 1.2 or later.
   *
   * @default false
   */
  readonly tls?: boolean | TlsOptions;
  /** Up to 15 characters. @default none, which some SMSCs in private networks accept */
  readonly systemId?: string;
  /** Up to 64 characters, although SMPP 3.4 allows 8. @default none */
  readonly password?: string;
  /** Up to 12 characters. @default none */
  readonly systemType?: string;
  /** The version of SMPP that the bind names. @default 0x34 */
  readonly interfaceVersion?: 0x33 | 0x34 | 0x50;
  /** Up to 5 characters, as `CMT`. @default none */
  readonly serviceType?: string;
  /**
   * The numbers whose messages the account gets, up to 40 characters; `{ address, ton, npi }` with their types. Most SMSCs
   * ignore it.
   *
   * @default none, of types UNKNOWN
   */
  readonly addressRange?: string | AddressRange;
  /**
   * Whether receipts come: a transmitter alone gets none; a receiver beside it gets them. If a transceiver is refused as
   * such, a transmitter is bound instead, and the transceiver is tried once more five minutes later.
   *
   * @default 'transceiver'
   */
  readonly bindMode?: 'transceiver' | 'transmitter' | 'transmitter+receiver';
  /** Sessions at once that send, from 1 to 32; a receiver comes on top. The account's maximum, at most. @default 1 */
  readonly binds?: number;
  /** From 0, the lowest, to 3 (SMPP 3.4, section 5.2.14); 0 from the SMSC's first refusal on. @default 1 */
  readonly priority?: number;
  /** Messages that may wait for their responses at once, per bind: from 1 to 1000. @default 10 */
  readonly window?: number;
  /** Per bind, from 0.1 to 10000, with each part of a long text counted. @default no limit until the SMSC says that it is too much */
  readonly messagesPerSecond?: number;
  /**
   * Lets a bind go after so many seconds without work, and binds again for the next message: for accounts that allow fewer
   * binds than there are processes. Receipts that come later are missed. From 1 to 3600.
   *
   * @default binds stay
   */
  readonly idleUnbindSeconds?: number;
  /** Silence after which `enquire_link` asks for a sign of life: from 1 to 600. @default 15 */
  readonly enquireLinkSeconds?: number;
  /** The wait for the response to a message: from 1 to 30. @default 5 */
  readonly responseTimeoutSeconds?: number;
  /** The wait for the connection, for TLS and for the bind, each: from 1 to 60. @default 5 */
  readonly bindTimeoutSeconds?: number;
  /** How the SMSC is told when the code dies (SMPP 3.4, section 7.1.1). @default 'relative' */
  readonly validityPeriod?: 'relative' | 'absolute' | 'none';
  /**
   * The `data_coding` of texts in GSM 03.38. 1 (ASCII) and 3 (Latin-1) also write the text so; a text with a character
   * that this lacks goes out in UCS-2. 0xF0 is only another label, which phones may show at once and not keep.
   *
   * @default 0
   */
  readonly gsmDataCoding?: 0 | 1 | 3 | 0xf0;
  /** Whether receipts are asked for; without them `delivery` is `unknown`. @default true */
  readonly requestReceipts?: boolean;
  /**
   * The meaning of words in this SMSC's receipts, as `{ FAILED: 'failed', BUFFERED: 'pending' }`.
   *
   * @default those of SMPP 3.4; any other word ends the message as failed
   */
  readonly receiptStates?: Readonly<Record<string, ReceiptState>>;
  /**
   * How receipts name messages. `'text'`: as the responses do, but for case. `'decimal'`: also but for leading zeros.
   * `'hex'`: responses in hexadecimal, receipts in decimal.
   *
   * @default 'auto', which learns it
   */
  readonly messageIdFormat?: 'auto' | 'hex' | 'decimal' | 'text';
  /** The meaning of the SMSC's own values of `command_status`, as `{ 0x400: 'number' }`. @default 0x400 up: transient */
  readonly statusClasses?: StatusClasses;
  /** The sender through this SMSC, if it has registered another one. @default that of all */
  readonly source?: string | SourceAddress;
  /** Optional parameters of each message, by tag: 0x1400 to 0x3FFF, or those of SMPP 3.4. @default none */
  readonly tlvs?: Tlvs;
}

/** The meaning of a word in a receipt; `'pending'`: the message is still under way. */
export type ReceiptState = 'delivered' | 'failed' | 'unknown' | 'pending';

/** How messages to some numbers go. The longest prefix decides; of prefix and country of the same length, the country. */
export interface RouteOptions {
  /** Prefixes as `'+91'`, with `'+'` for all numbers, or countries (ISO 3166) as `'IN'`, by the number's own country. */
  readonly to: string | readonly string[];
  /** The names of its SMSCs, in the order of preference. Failover stays among them. @default those that no route names */
  readonly smscs?: readonly string[];
  /** The sender on this route. @default that of the SMSC */
  readonly source?: string | SourceAddress;
  /** Optional parameters on this route, beside those of the SMSC; of the same tag, these. @default none */
  readonly tlvs?: Tlvs;
}

/** The options of `SmppTransport`. */
export interface SmppTransportOptions {
  /**
   * `smpps://user:password@host:port` (TLS; also `ssmpp:`) or `smpp://…` (plain), or more details. The one with the least
   * to do is used, the first of several; if one does not work, another.
   */
  readonly smscs: readonly (string | SmscOptions)[];
  /** How messages to some countries or prefixes go. @default all go through all SMSCs */
  readonly routes?: readonly RouteOptions[];
  /** The sender: up to 11 letters and digits, a number with its plus, or a short code of up to 8 digits. */
  readonly source: string | SourceAddress;
  /** The kind of address that phone numbers are. @default INTERNATIONAL, ISDN */
  readonly destination?: AddressKind;
  /** Accepts passwords and codes in clear over the network in production. @default only to the machine itself */
  readonly allowInsecure?: readonly 'plainSmpp'[];
}

/** The meaning of a `command_status` for the message, or the bind, that it answers. */
export type StatusClass = 'ok' | 'throttled' | 'transient' | 'session' | 'number' | 'route' | 'config' | 'bug';

/** The meaning of an SMSC's own values, or of others at this SMSC. Success is always 0. */
export type StatusClasses = Readonly<Record<number, Exclude<StatusClass, 'ok'>>>;
