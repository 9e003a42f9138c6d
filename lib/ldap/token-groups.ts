import type { Entry } from 'ldapts';

/** Attributes that Active Directory works out anew, and only for a search of one entry: any other search would fail. */
const BASE_ONLY = ['tokengroups', 'tokengroupsglobalanduniversal', 'tokengroupsnogcacceptable'];

/** Whether the attribute must be read by a search of its own. */
export function isBaseOnly(attribute: string): boolean {
  return BASE_ONLY.includes(attribute.toLowerCase());
}

/** An entry's values as texts: S-1-5-21-… */
export function sidTexts(entry: Entry, attribute: string): string[] {
  return [entry[attribute] ?? []].flat().map((value) => sidText(Buffer.from(value)));
}

/** A security identifier as Windows shows it (MS-DTYP, section 2.4.2): revision, authority, sub-authorities. */
function sidText(bytes: Buffer): string {
  if (bytes.length < 8 || bytes.length % 4 !== 0) return bytes.toString('hex');
  const subAuthorities = Array.from({ length: bytes.length / 4 - 2 }, (_, place) => bytes.readUInt32LE(8 + place * 4));
  return ['S', bytes.readUInt8(0), bytes.readUIntBE(2, 6), ...subAuthorities].join('-');
}
