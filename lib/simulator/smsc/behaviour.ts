import { z } from 'zod';
import { BoundedMap } from '../../bounded-map.ts';
import type { Pdu } from '../../smpp/pdu.ts';
import { numberOf } from './messages.ts';
import { RECEIPT_STATES, type ReceiptState } from './receipt.ts';
import { readPart } from './text.ts';

/** How the SMSC simulator treats messages. */
export interface MessageBehaviour {
  /** Only messages to this number, in E.164; goes before what is said for all. @default all numbers */
  readonly to?: string;
  /** For so many messages only, long ones counting once. @default no end */
  readonly submits?: number;
  /** The `command_status` of the answer; all but 0 refuse the message. @default 0 */
  readonly submitStatus?: number;
  /** The reaction in place of a proper answer. @default `'answer'` */
  readonly reaction?: Reaction;
  /** How long the answer takes. @default 0 */
  readonly answerAfterMilliseconds?: number;
  /** How many later messages of the same connection are answered first. @default 0 */
  readonly answerAfterSubmits?: number;
  /** The word of the receipt. @default `'delivered'` */
  readonly receipt?: ReceiptState | 'none';
  /** How long after the answer the receipt comes. @default 0 */
  readonly receiptAfterMilliseconds?: number;
  /** Whether the receipt comes just before the answer. @default false */
  readonly isReceiptFirst?: boolean;
  /** How often the same receipt comes. @default 1 */
  readonly receipts?: number;
  /** The word of another receipt, which follows the first at once. @default none */
  readonly secondReceipt?: ReceiptState;
  /** How the message id is written. @default `'hex'` */
  readonly idInAnswer?: IdForm;
  /** The same id in the receipt. @default as in the answer */
  readonly idInReceipt?: IdForm;
  /** The words of the receipts of a long message's parts, in their order. @default all the same */
  readonly receiptOfParts?: readonly (ReceiptState | 'none')[];
  /** The senders that the operator has registered; others are refused, with 0x0A unless `submitStatus` says another. */
  readonly senders?: readonly string[];
  /** Tags of optional parameters that must be there, or 0xC3 refuses the message. @default none */
  readonly requiredTlvs?: readonly number[];
}

/** How the SMSC simulator treats connections. */
export interface ConnectionBehaviour {
  /**
   * The `command_status` of the answer to a bind; with `maxBinds` only above it.
   * @default 0, or what the credentials deserve
   */
  readonly bindStatus?: number;
  /** More binds than these at once are refused, with status 0x0D unless `bindStatus` says another. @default no limit */
  readonly maxBinds?: number;
  /** Leaves every PDU without an answer from now on, as a dead peer does, with the connection open. @default false */
  readonly isDead?: boolean;
  /** Closes every connection, and each new one before a byte is read. @default false */
  readonly isDown?: boolean;
}

/** Absent fields are as in an SMSC that works. */
export interface Behaviour extends MessageBehaviour, ConnectionBehaviour {}

const REACTIONS = [
  'answer',
  /** `generic_nack`, with `submitStatus` or else 0x08. */
  'nack',
  /** Takes the message and says nothing. */
  'silence',
  /** Takes the message and closes the connection. */
  'drop',
  /** Half of the answer, then the end of the connection. */
  'cutShort',
  /** An answer with a length below 16, which no PDU has. */
  'shortLength',
  /** An answer with a length beyond its end: the rest never comes. */
  'longLength',
  /** Bytes that are no SMPP. */
  'garbage',
  /** `unbind` first, then the answers to all messages under way, then the end, as before a planned restart. */
  'unbind',
  /** An answer without the NUL behind its message id. */
  'withoutNul',
] as const;

/** The reaction in place of a proper answer. */
export type Reaction = (typeof REACTIONS)[number];

const ID_FORMS = ['hex', 'upperHex', 'decimal', 'paddedDecimal'] as const;

/** SMSCs write one id in different ways; a padded one has 20 digits. */
export type IdForm = (typeof ID_FORMS)[number];

const count = z.int().min(0);
const milliseconds = count.max(600_000);
const status = count.max(0xffff_ffff);

const behaviour = z.strictObject({
  to: z
    .string()
    .regex(/^\+\d{1,15}$/, 'must be a number in E.164')
    .exactOptional(),
  submits: count.exactOptional(),
  submitStatus: status.exactOptional(),
  reaction: z.enum(REACTIONS).exactOptional(),
  answerAfterMilliseconds: milliseconds.exactOptional(),
  answerAfterSubmits: count.max(1000).exactOptional(),
  receipt: z.enum([...RECEIPT_STATES, 'none']).exactOptional(),
  receiptAfterMilliseconds: milliseconds.exactOptional(),
  isReceiptFirst: z.boolean().exactOptional(),
  receipts: count.max(100).exactOptional(),
  secondReceipt: z.enum(RECEIPT_STATES).exactOptional(),
  idInAnswer: z.enum(ID_FORMS).exactOptional(),
  idInReceipt: z.enum(ID_FORMS).exactOptional(),
  receiptOfParts: z
    .array(z.enum([...RECEIPT_STATES, 'none']))
    .max(255)
    .exactOptional(),
  senders: z.array(z.string()).max(1000).exactOptional(),
  requiredTlvs: z.array(count.max(0xffff)).max(100).exactOptional(),
  bindStatus: status.exactOptional(),
  maxBinds: count.exactOptional(),
  isDead: z.boolean().exactOptional(),
  isDown: z.boolean().exactOptional(),
} satisfies Record<keyof Behaviour, z.ZodType>);

/** @throws TypeError with all problems, for programs without types and for bodies of requests */
function checkBehaviours(behaviours: unknown): readonly Behaviour[] {
  const { success, data, error } = z.array(behaviour).max(1000).safeParse(behaviours);
  if (!success) throw new TypeError(`This is no behaviour:\n${z.prettifyError(error)}`);
  return data;
}

const MOST_INCOMPLETE = 1000;

interface BehaviourInForce {
  readonly behaviour: Behaviour;
  /** Messages, a long one counting once. */
  submitsLeft: number;
}

/** The behaviours in force; the counts of messages run down here. */
export class SmscBehaviours {
  #inForce: readonly BehaviourInForce[] = [];
  #forConnections: ConnectionBehaviour = {};
  /** By long message, while its last part is missing. */
  readonly #ofParts = new BoundedMap<string, MessageBehaviour>(MOST_INCOMPLETE);

  /** @throws TypeError with all problems. */
  replace(behaviours: readonly Behaviour[]): void {
    this.#inForce = checkBehaviours(behaviours).map((behaviour) => ({
      behaviour,
      submitsLeft: behaviour.submits ?? Number.POSITIVE_INFINITY,
    }));
    this.#dropUsed();
  }

  /** As they were set, with what is left of `submits`. */
  get left(): readonly Behaviour[] {
    return this.#inForce.map(({ behaviour, submitsLeft }) =>
      behaviour.submits === undefined ? behaviour : { ...behaviour, submits: submitsLeft },
    );
  }

  /** For connections all of them count, and of each field the first that names it. */
  get forConnections(): ConnectionBehaviour {
    return this.#forConnections;
  }

  /** The first for this number, or else for all; it counts as used, once for all parts of a long message. */
  forSubmit(submit: Pdu): MessageBehaviour {
    const to = numberOf(submit);
    const { concatenation } = readPart(submit);
    if (concatenation === undefined) return this.#use(to);
    const { reference, total, index } = concatenation;
    const key = `${to} ${reference} ${total}`;
    const behaviour = (index === 1 ? undefined : this.#ofParts.get(key)) ?? this.#use(to);
    if (index < total) this.#ofParts.set(key, behaviour);
    else this.#ofParts.delete(key);
    return behaviour;
  }

  #use(to: string): MessageBehaviour {
    const first =
      this.#inForce.find(({ behaviour }) => behaviour.to === to) ??
      this.#inForce.find(({ behaviour }) => behaviour.to === undefined);
    if (first === undefined) return {};
    first.submitsLeft -= 1;
    if (first.submitsLeft === 0) this.#dropUsed();
    return first.behaviour;
  }

  #dropUsed(): void {
    this.#inForce = this.#inForce.filter(({ submitsLeft }) => submitsLeft > 0);
    this.#forConnections = Object.assign({}, ...this.left.toReversed());
  }
}
