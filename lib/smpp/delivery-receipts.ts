import { BoundedMap } from '../bounded-map.ts';
import { MessageIds, normaliseMessageId } from './message-ids.ts';
import type { Pdu } from './pdu.ts';
import type { ReceiptState } from './smpp-options.ts';
import type { SmscSettings } from './smsc-schema.ts';

type ReceiptStates = Readonly<Record<string, ReceiptState>>;

const MOST_REMEMBERED = 1000;
const REJECTION_MILLISECONDS = 10 * 60 * 1000;
/** For receipts that come before the responses to all parts. */
const EARLY_MILLISECONDS = 60 * 1000;
const RECEIPTED_MESSAGE_ID = 0x001e;
const MESSAGE_PAYLOAD = 0x0424;
const MESSAGE_STATE = 0x0427;
const MESSAGE_TYPE = 0x3c;
const DELIVERY_RECEIPT = 0x04;
const INTERMEDIATE_NOTIFICATION = 0x20;
const UDH_INDICATOR = 0x40;
/** Digits that are hardly the end of another number. */
const SHORTEST_NUMBER = 7;
/** A header has a length that no text begins with. */
const LONGEST_UDH = 0x1f;

/** By the start of the word, since vendors write the rest as they like. Any other word ends the message as failed. */
const STATES: Readonly<Record<string, ReceiptState | undefined>> = {
  DELIV: 'delivered',
  UNKNO: 'unknown',
  ENROU: 'pending',
  SCHED: 'pending',
  ACCEP: 'pending',
  BUFFE: 'pending',
  BUFFR: 'pending',
  ACKED: 'pending',
};
/** An empty field is followed by the next field's name. */
const LABELS = '(?:id|sub|dlvrd|submit date|done date|stat|err|text):';
/** The values of the `message_state` parameter (SMPP 3.4, section 5.2.28). */
const WORDS = [
  'SCHEDULED',
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
  'SKIPPED',
];

/** The state of a message; `reason` is a state and an error code, never text of the message. */
export interface Receipt {
  readonly messageId: string;
  readonly state: 'delivered' | 'failed' | 'unknown';
  readonly reason?: string;
}

/** A message that was accepted here, or reported on. */
interface KnownMessage {
  /** Absent if another process sent it. */
  readonly recipient?: string;
  state?: Receipt['state'];
  /** Whether it is a part of a text whose last part has no response yet. */
  readonly isPart?: boolean;
  /** Whether messages to several people had this id at one time: a receipt must name the number. */
  readonly isShared?: boolean;
  /** The parts of a long text, which is delivered when all of them are. */
  readonly group?: MessageParts;
  /** Milliseconds since 1970. */
  reportedAt: number;
}

interface MessageParts {
  /** That of the last part, under which the whole is known. */
  readonly messageId: string;
  readonly missing: Set<string>;
  state?: Receipt['state'];
}

/** The receipts of one SMSC for the messages that it accepted. */
export class DeliveryReceipts {
  readonly #ids: MessageIds;
  readonly #states: ReceiptStates;
  readonly #messages = new BoundedMap<string, KnownMessage>(MOST_REMEMBERED);
  /** Those of other processes, which may be many, and those whose answers are still to come. */
  readonly #others = new BoundedMap<string, KnownMessage>(MOST_REMEMBERED);
  /** When it rejected a message to whom. */
  readonly #rejections = new BoundedMap<string, number>(MOST_REMEMBERED);

  constructor(format: SmscSettings['messageIdFormat'], states: ReceiptStates = {}) {
    this.#ids = new MessageIds(format);
    this.#states = states;
  }

  /** Gives the message's id the form that receipts will have. */
  enter(messageId: string, recipient: string): string {
    const id = this.#ids.ofAnswer(messageId);
    // An SMSC that was started anew may give the same ids again, and some always give the same.
    const { recipient: before = recipient, state, isShared: wasShared = false } = this.#messages.get(id) ?? {};
    const isShared = wasShared || (before !== recipient && state === undefined);
    this.#messages.set(id, { recipient, reportedAt: 0, ...(isShared && { isShared }) });
    return id;
  }

  /** Others follow: what its receipt says is kept until `enterParts`. */
  expectPart(messageId: string): void {
    this.#messages.set(this.#ids.ofAnswer(messageId), { isPart: true, reportedAt: 0 });
  }

  /** The same for a text of several parts. Gives the receipt of the whole if its parts' receipts have come already. */
  enterParts(ids: readonly string[], recipient: string, now: number): { id: string; receipt: Receipt | undefined } {
    const known = ids.map((id) => this.#ids.ofAnswer(id));
    const id = known.at(-1) ?? '';
    const group: MessageParts = { messageId: id, missing: new Set(known) };
    const early = known.map((part) => [part, this.#messages.get(part) ?? this.#others.get(part)] as const);
    for (const part of known) this.#messages.set(part, { recipient, group, reportedAt: 0 });
    let receipt: Receipt | undefined;
    for (const [part, { state, reportedAt } = { reportedAt: 0 }] of early) {
      if (state !== undefined && now - reportedAt < EARLY_MILLISECONDS)
        receipt = joinParts(group, part, { messageId: part, state }) ?? receipt;
    }
    return { id, receipt };
  }

  /** `undefined` for what is no final receipt, and for one that came before; `delivered` is final. */
  read(pdu: Pdu): Receipt | undefined {
    const receipt = readReceipt(pdu, this.#states);
    if (receipt === undefined) return undefined;
    const messageId = this.#ids.ofReceipt(receipt.messageId);
    const known = this.#messages.get(messageId) ?? this.#others.recall(messageId, () => ({ reportedAt: 0 }));
    const { recipient, group, isPart = false, isShared = false } = known;
    if (known.state === receipt.state || known.state === 'delivered') return undefined;
    if (isShared && recipient !== undefined && !isBetween(pdu, recipient)) return undefined;
    known.state = receipt.state;
    known.reportedAt = Date.now();
    const isRejection = receipt.reason?.startsWith('REJEC') ?? false;
    if (recipient !== undefined && isRejection) this.#rejections.set(recipient, Date.now());
    if (group !== undefined) return joinParts(group, messageId, receipt);
    return isPart ? undefined : { ...receipt, messageId };
  }

  /** Whether it reports on a message that was accepted here, and names its number. */
  isAbout(pdu: Pdu): boolean {
    const receipt = readReceipt(pdu, this.#states);
    if (receipt === undefined) return false;
    const known = this.#ids.candidatesOf(receipt.messageId).map((id) => this.#messages.get(id)?.recipient);
    return known.some((recipient) => recipient !== undefined && isBetween(pdu, recipient));
  }

  /** Whether it rejected, lately, what it had accepted for this number: another SMSC may have a way there. */
  hasRejected(recipient: string, now: number): boolean {
    if (this.#rejections.size === 0) return false;
    const rejectedAt = this.#rejections.get(recipient);
    return rejectedAt !== undefined && now - rejectedAt < REJECTION_MILLISECONDS;
  }
}

/** Whether one of its addresses is this number, perhaps as it is written within the country. */
function isBetween({ fields: { source_addr, destination_addr } }: Pdu, recipient: string): boolean {
  return [source_addr, destination_addr].some((address) => {
    const digits = typeof address === 'string' ? address.replace(/^[+0]+/, '') : '';
    return digits.length >= SHORTEST_NUMBER && recipient.endsWith(digits);
  });
}

/** Derives the whole message's state from a part's receipt: one that fails is enough, and all must be delivered. */
function joinParts(group: MessageParts, part: string, receipt: Receipt): Receipt | undefined {
  const { messageId } = group;
  if (group.state !== undefined) return undefined;
  group.missing.delete(part);
  if (receipt.state === 'delivered' && group.missing.size > 0) return undefined;
  group.state = receipt.state;
  return { ...receipt, messageId };
}

/** Reads a final receipt: optional parameters first, then the text. `undefined` for all else, as a person's SMS. */
export function readReceipt({ fields, tlvs }: Pdu, states: ReceiptStates = {}): Receipt | undefined {
  const idTlv = tlvs.get(RECEIPTED_MESSAGE_ID);
  const type = Number(fields.esm_class) & MESSAGE_TYPE;
  // A person can write an SMS that looks like a receipt, but cannot set these.
  if (type !== DELIVERY_RECEIPT && idTlv === undefined) return undefined;
  const text = readText(textOf(fields, tlvs));
  const messageId =
    normaliseMessageId(idTlv === undefined ? text('id') : printable(idTlv)) || normaliseMessageId(text('id'));
  // Some SMSCs write the state in more bytes than one, with zeros on either side.
  const word = WORDS[tlvs.get(MESSAGE_STATE)?.find((byte) => byte > 0) ?? -1] ?? text('stat').toUpperCase();
  const state = states[word] ?? STATES[word.slice(0, 5)] ?? 'failed';
  if (messageId === '' || word === '' || state === 'pending') return undefined;
  if (state === 'delivered') return { messageId, state };
  // An intermediate notification may tell of an attempt that failed: others follow (SMPP 3.4, section 5.2.12).
  if (type === INTERMEDIATE_NOTIFICATION) return undefined;
  return { messageId, state, reason: `${word} ${text('err')}`.replace(/ 0*$/, '') };
}

/** Without a header. Some SMSCs set the indicator and write none, or a NUL where the text is in `message_payload`. */
function textOf({ short_message, esm_class }: Pdu['fields'], tlvs: Pdu['tlvs']): string {
  const bytes = Buffer.isBuffer(short_message) ? short_message : Buffer.alloc(0);
  const headerLength = Number(esm_class) & UDH_INDICATOR ? (bytes[0] ?? 0) : 0;
  const text = printable(headerLength > 0 && headerLength <= LONGEST_UDH ? bytes.subarray(headerLength + 1) : bytes);
  return text.trim() === '' ? printable(tlvs.get(MESSAGE_PAYLOAD) ?? Buffer.alloc(0)) : text;
}

/**
 * The words behind `id:`, `stat:` and `err:` (SMPP 3.4, appendix B), up to the next blank: a part of an id may be the id
 * of somebody else's message. The message's own text is left out.
 */
function readText(whole: string): (label: string) => string {
  const [text = ''] = whole.split(/\btext:/i);
  return (label) => new RegExp(`(?:^|\\s)${label}: ?(?!${LABELS})(\\S+)`, 'i').exec(text)?.[1] ?? '';
}

/** Without NULs, a byte order mark and other controls: some SMSCs label ASCII as UCS-2, and others the other way round. */
function printable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/^(?:\xfe\xff|\xff\xfe)/, '')
    .replace(/[\r\n\t]/g, ' ')
    .replace(/[^ -~\u00a1-\u00ff]/g, '');
}
