import { BoundedMap } from '../bounded-map.ts';
import type { SmscSettings } from './smsc-schema.ts';

const MOST_REMEMBERED = 1000;
const FORMS = ['same', 'toHex', 'toDecimal'] as const;
type Form = (typeof FORMS)[number];
/** SMPP 3.4 has ids of 64 characters (section 5.2.23); some gateways write longer ones. */
const LONGEST_ID = 255;
/** A longer one is no number: to read thousands of digits as one would take a second. */
const LONGEST_NUMBER = 65;
/** The numbers of an SMSC that has just begun to count are those of other messages in another form. */
const SHORTEST_TELLING_ID = 6;

/**
 * Gives the ids of one SMSC's receipts the form that its answers have, so that both are equal: some answer in
 * hexadecimal and report in decimal, or fill up with zeros. Ids are given in lower case, without blanks.
 */
export class MessageIds {
  readonly #format: SmscSettings['messageIdFormat'];
  /** The ids that were answered, by the same ids without leading zeros. */
  readonly #answered = new BoundedMap<string, string>(MOST_REMEMBERED);
  /** How receipts have to be read that no answer fits yet, by the ids that such an answer would have. */
  readonly #early = new BoundedMap<string, Form>(MOST_REMEMBERED);
  /** How many receipts named a message in this form, and would have named none in another. */
  readonly #votes: Record<Form, number> = { same: 0, toHex: 0, toDecimal: 0 };

  constructor(format: SmscSettings['messageIdFormat']) {
    this.#format = format;
  }

  ofAnswer(id: string): string {
    if (this.#format === 'text') return id;
    const bare = withoutZeros(id);
    const known = this.#format === 'hex' ? bare : plain(id);
    if (this.#format === 'auto') this.#learn(bare, known);
    if (this.#format === 'hex') this.#answered.set(bare, known);
    return known;
  }

  ofReceipt(id: string): string {
    if (this.#format === 'text') return id;
    if (this.#format === 'hex') return this.#find(convert('toHex', id)) ?? this.#find(id) ?? toHexOrBare(id);
    return this.#format === 'decimal' ? plain(id) : this.#recognise(id);
  }

  /** The ids of answers that a receipt's id may mean; nothing is learned from it. */
  candidatesOf(id: string): readonly string[] {
    if (this.#format === 'text' || this.#format === 'decimal') return [this.ofReceipt(id)];
    return FORMS.flatMap((form) => this.#find(convert(form, id)) ?? []);
  }

  #learn(bare: string, known: string): void {
    this.#answered.set(bare, known);
    const form = this.#early.get(bare);
    if (form !== undefined) this.#votes[form] += 1;
  }

  /** A message that was not answered here was answered by another process: then what is learned so far has to do. */
  #recognise(id: string): string {
    const fitting = FORMS.filter((form) => this.#find(convert(form, id)) !== undefined);
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1) this.#votes[only] += 1;
    if (only === undefined && withoutZeros(id).length >= SHORTEST_TELLING_ID) this.#expect(id);
    const form = FORMS.reduce((best, other) => (this.#votes[other] > this.#votes[best] ? other : best));
    const converted = convert(form, id) ?? id;
    return this.#find(converted) ?? plain(converted);
  }

  /** Some SMSCs report before they answer. */
  #expect(id: string): void {
    for (const form of FORMS) {
      const converted = convert(form, id);
      if (converted !== undefined) this.#early.set(withoutZeros(converted), form);
    }
  }

  #find(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#answered.get(withoutZeros(id));
  }
}

/** Answers and receipts of one SMSC may differ in case and blanks. Empty if it is none. */
export function normaliseMessageId(id: unknown): string {
  return typeof id === 'string' && id.length <= LONGEST_ID ? id.trim().toLowerCase() : '';
}

/** A receipt's id in the form of an answer; `undefined` if it is no such number. */
function convert(form: Form, id: string): string | undefined {
  if (form !== 'same' && id.length > LONGEST_NUMBER) return undefined;
  if (form === 'toHex') return /^\d+$/.test(id) ? BigInt(id).toString(16) : undefined;
  if (form === 'toDecimal') return /^[\da-f]+$/.test(id) ? BigInt(`0x${id}`).toString() : undefined;
  return id;
}

function toHexOrBare(id: string): string {
  return convert('toHex', id) ?? withoutZeros(id);
}

/** Zeros before a number mean nothing; before anything else they may. */
function plain(id: string): string {
  return /^\d+$/.test(id) ? withoutZeros(id) : id;
}

function withoutZeros(id: string): string {
  return id.replace(/^0+(?=.)/, '');
}
