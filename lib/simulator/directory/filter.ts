import type { BerReader } from 'ldapts';
import { readItems, readText } from './ber.ts';
import { type DirectoryEntry, sameValue, valuesOf } from './entry.ts';

/** A search filter as it came over the wire (RFC 4511, section 4.5.1.7). */
export type DirectoryFilter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly DirectoryFilter[] }
  | { readonly kind: 'not'; readonly filter: DirectoryFilter }
  | { readonly kind: 'equality'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'present'; readonly attribute: string }
  | { readonly kind: 'substrings'; readonly attribute: string; readonly pieces: readonly SubstringPiece[] };

interface SubstringPiece {
  readonly place: 'initial' | 'any' | 'final';
  readonly text: string;
}

const AND = 0xa0;
const OR = 0xa1;
const NOT = 0xa2;
const EQUALITY = 0xa3;
const SUBSTRINGS = 0xa4;
const PRESENT = 0x87;
const PLACES: Readonly<Record<number, SubstringPiece['place']>> = { 128: 'initial', 129: 'any', 130: 'final' };

/**
 * Reads a filter with the reader itself: `FilterParser.parse` of ldapts 8.2 takes the name in a presence filter from
 * the wrong bytes.
 *
 * @throws Error where the filter is of a kind that is not simulated.
 */
export function readFilter(reader: BerReader): DirectoryFilter {
  const tag = reader.peek() ?? 0;
  if (tag === PRESENT) return { kind: 'present', attribute: reader.readString(PRESENT) ?? '' };
  reader.readSequence();
  switch (tag) {
    case AND:
    case OR:
      return { kind: tag === AND ? 'and' : 'or', filters: readItems(reader, readFilter) };
    case NOT:
      return { kind: 'not', filter: readFilter(reader) };
    case EQUALITY:
      return { kind: 'equality', attribute: readText(reader), value: readText(reader) };
    case SUBSTRINGS: {
      const attribute = readText(reader);
      reader.readSequence();
      return { kind: 'substrings', attribute, pieces: readItems(reader, readPiece) };
    }
    default:
      throw new Error(`A filter of the kind 0x${tag.toString(16)} is not simulated.`);
  }
}

/** Whether the filter means the entry. */
export function matches(filter: DirectoryFilter, entry: DirectoryEntry): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((part) => matches(part, entry));
    case 'or':
      return filter.filters.some((part) => matches(part, entry));
    case 'not':
      return !matches(filter.filter, entry);
    case 'equality':
      return valuesOf(entry, filter.attribute).some((value) => sameValue(value, filter.value));
    case 'present':
      return valuesOf(entry, filter.attribute).length > 0;
    case 'substrings':
      return valuesOf(entry, filter.attribute).some((value) => hasPieces(value.toLowerCase(), filter.pieces));
  }
}

function readPiece(reader: BerReader): SubstringPiece {
  const tag = reader.peek() ?? 0;
  return { place: PLACES[tag] ?? 'any', text: reader.readString(tag) ?? '' };
}

/** Each piece is looked for behind the one before it. */
function hasPieces(value: string, pieces: readonly SubstringPiece[]): boolean {
  let from = 0;
  return pieces.every(({ place, text }) => {
    const piece = text.toLowerCase();
    const at = place === 'final' ? value.length - piece.length : value.indexOf(piece, from);
    const isThere = at >= from && value.startsWith(piece, at) && (place !== 'initial' || at === 0);
    from = at + piece.length;
    return isThere;
  });
}
