const GUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;

/** The bytes in the usual text; `undefined` where they are not 16. Its first three groups are little-endian. */
export function guidText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined;
  const hex = swapped(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** `undefined` where the text is no GUID. */
export function guidBytes(text: string): Buffer | undefined {
  const groups = GUID.exec(text)?.slice(1);
  return groups && swapped(Buffer.from(groups.join(''), 'hex'));
}

function swapped(bytes: Buffer): Buffer {
  const group = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse();
  return Buffer.concat([group(0, 4), group(4, 6), group(6, 8), bytes.subarray(8)]);
}
