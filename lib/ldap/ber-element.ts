import { BerReader } from 'ldapts';

const CONSTRUCTED = 0x20;
/** LDAP's own messages have seven levels at most. */
const MAX_DEPTH = 16;

/** One element of a message, with the elements that it is made of. */
export interface BerElement {
  readonly tag: number;
  /** Of its content, in bytes. */
  readonly length: number;
  readonly parts: readonly BerElement[];
}

/** @throws Error where the elements do not fill the bytes exactly, or are nested too deep (X.690, section 8.1). */
export function readElements(bytes: Buffer, depth = 0): readonly BerElement[] {
  const reader = new BerReader(bytes);
  const elements: BerElement[] = [];
  while (reader.remain > 0) {
    const tag = reader.readSequence();
    const { offset, length } = reader;
    if (tag === null || length < 0 || length > reader.remain || depth > MAX_DEPTH) throw new Error('No BER.');
    const isConstructed = (tag & CONSTRUCTED) !== 0;
    const parts = isConstructed ? readElements(bytes.subarray(offset, offset + length), depth + 1) : [];
    elements.push({ tag, length, parts });
    reader.offset = offset + length;
  }
  return elements;
}
