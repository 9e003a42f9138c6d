import { BoundedMap } from '../bounded-map.ts';

/** A text, without the NUL that ends a C-octet string; or the message's own `templateId`. */
type TlvText = string | { readonly templateId: true };

/**
 * The value of an optional parameter: a text as a C-octet string; `{ octets }` the same without a NUL at its end;
 * `{ number, length }` in 1, 2 or 4 bytes; bytes; or `{ templateId: true }`, the template that the message's text is.
 */
export type TlvValue =
  | TlvText
  | { readonly octets: TlvText }
  | { readonly number: number; readonly length: 1 | 2 | 4 }
  | Uint8Array;

/** Optional parameters by their tags. */
export type Tlvs = Readonly<Record<number, TlvValue>>;

/**
 * Optional parameters of SMPP 3.4 that a `submit_sm` may have (section 5.3.2), without those of a text in
 * `message_payload` and of parts: texts and parts are written otherwise here.
 */
const STANDARD_TAGS: readonly number[] = [
  0x05, 0x0d, 0x19, 0x30, 0x201, 0x202, 0x203, 0x204, 0x205, 0x20a, 0x20b, 0x20d, 0x302, 0x303, 0x304, 0x381, 0x426,
  0x501, 0x1201, 0x1203, 0x1204, 0x130c, 0x1380, 0x1383,
];
const FIRST_VENDOR_TAG = 0x1400;
const LAST_VENDOR_TAG = 0x3fff;
const HEADER_LENGTH = 4;
const LONGEST_TEMPLATE_ID = 255;
const MOST_REMEMBERED = 100;
const NONE = Buffer.alloc(0);

export function isOurTag(tag: number): boolean {
  return STANDARD_TAGS.includes(tag) || (tag >= FIRST_VENDOR_TAG && tag <= LAST_VENDOR_TAG);
}

/** Writes the optional parameters of messages that differ in their template at most. */
export class TlvEncoder {
  /** Whether messages without a template cannot be written. */
  readonly needsTemplate: boolean;
  /** An upper bound of their length. */
  readonly mostBytes: number;
  readonly #tlvs: Tlvs;
  readonly #constant: Buffer;
  readonly #byTemplate = new BoundedMap<string, Buffer>(MOST_REMEMBERED);

  constructor(tlvs: Tlvs) {
    this.needsTemplate = Object.values(tlvs).some(isTemplate);
    this.#tlvs = tlvs;
    this.#constant = this.needsTemplate ? NONE : encode(tlvs, '');
    this.mostBytes = encode(tlvs, 'x'.repeat(LONGEST_TEMPLATE_ID)).length;
  }

  /** Their tags and lengths, as `0x1400 (20 bytes)`. */
  get description(): string {
    const all = Object.entries(this.#tlvs).map(([tag, value]) => {
      const name = `0x${Number(tag).toString(16).toUpperCase().padStart(4, '0')}`;
      return isTemplate(value) ? `${name} (the template of the text)` : `${name} (${bytesOf(value, '').length} bytes)`;
    });
    return all.join(', ');
  }

  /** The bytes behind the mandatory fields. */
  bytesFor(templateId: string | undefined): Uint8Array {
    if (!this.needsTemplate || templateId === undefined) return this.#constant;
    return this.#byTemplate.recall(templateId, () => encode(this.#tlvs, templateId));
  }
}

function isTemplate(value: TlvValue): boolean {
  if (typeof value === 'string' || value instanceof Uint8Array) return false;
  return 'templateId' in value || ('octets' in value && isTemplate(value.octets));
}

function encode(tlvs: Tlvs, templateId: string): Buffer {
  const all = Object.entries(tlvs).map(([tag, value]) => {
    const bytes = bytesOf(value, templateId);
    const header = Buffer.alloc(HEADER_LENGTH);
    header.writeUInt16BE(Number(tag), 0);
    header.writeUInt16BE(bytes.length, 2);
    return Buffer.concat([header, bytes]);
  });
  return Buffer.concat(all);
}

function bytesOf(value: TlvValue, templateId: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(`${value}\0`, 'latin1');
  if ('octets' in value) return bytesOf(value.octets, templateId).subarray(0, -1);
  if ('templateId' in value) return Buffer.from(`${templateId}\0`, 'latin1');
  const bytes = Buffer.alloc(value.length);
  bytes.writeUIntBE(value.number, 0, value.length);
  return bytes;
}
