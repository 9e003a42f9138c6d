import { EqualityFilter, type Filter } from 'ldapts';

/** An entry's stable id if no other attribute is set: RFC 4530's, Active Directory's, or 389 Directory Server's. */
export const USUAL_ID_ATTRIBUTES = ['entryUUID', 'objectGUID', 'nsUniqueId'] as const;

const OWN_ID = /^[0-9a-f]{8}(-[0-9a-f]{8}){3}$/i;
const GUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;

/** Active Directory's id is 16 bytes, which would not survive as a text. */
export function isBytes(idAttribute: string): boolean {
  return idAttribute.toLowerCase() === 'objectguid';
}

/** The id in a value of the attribute; `undefined` if there is none in it. */
export function readId(idAttribute: string, value: Buffer): string | undefined {
  return isBytes(idAttribute) ? guidText(value) : value.toString();
}

/** The usual attributes that can hold this id: only the ids of 389 Directory Server have four equal groups. */
export function usualAttributesOf(id: string): readonly string[] {
  return USUAL_ID_ATTRIBUTES.filter((attribute) => (attribute === 'nsUniqueId') === OWN_ID.test(id));
}

/** The filter for an id; `undefined` if nobody can have it in this attribute. */
export function idFilter(idAttribute: string, id: string): Filter | undefined {
  const value = isBytes(idAttribute) ? guidBytes(id) : id;
  return value === undefined ? undefined : new EqualityFilter({ attribute: idAttribute, value });
}

/** The bytes in the usual text; `undefined` if they are not 16. The first three groups are little-endian. */
export function guidText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined;
  const hex = swapped(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** `undefined` if the text is no GUID. */
export function guidBytes(text: string): Buffer | undefined {
  const groups = GUID.exec(text)?.slice(1);
  return groups && swapped(Buffer.from(groups.join(''), 'hex'));
}

function swapped(bytes: Buffer): Buffer {
  const group = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse();
  return Buffer.concat([group(0, 4), group(4, 6), group(6, 8), bytes.subarray(8)]);
}
