import { EqualityFilter, type Filter } from 'ldapts';
import { guidBytes, guidText } from './guid.ts';

/** An entry's stable id where nothing else is set: RFC 4530's, or Active Directory's. */
export const USUAL_ID_ATTRIBUTES = ['entryUUID', 'objectGUID'] as const;

/** Active Directory's id is 16 bytes, which would not survive as a text. */
export function isBytes(idAttribute: string): boolean {
  return idAttribute.toLowerCase() === 'objectguid';
}

/** The id in a value of the attribute; `undefined` where there is none in it. */
export function readId(idAttribute: string, value: Buffer): string | undefined {
  return isBytes(idAttribute) ? guidText(value) : value.toString();
}

/** The filter for an id; `undefined` where nobody can have it in this attribute. */
export function idFilter(idAttribute: string, id: string): Filter | undefined {
  const value = isBytes(idAttribute) ? guidBytes(id) : id;
  return value === undefined ? undefined : new EqualityFilter({ attribute: idAttribute, value });
}
