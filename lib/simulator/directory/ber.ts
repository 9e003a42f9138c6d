import type { BerReader } from 'ldapts';

/**
 * All items of the sequence or set that the reader has just entered.
 *
 * @throws Error where an item is longer than what holds it.
 */
export function readItems<T>(reader: BerReader, readItem: (reader: BerReader) => T): readonly T[] {
  const end = reader.offset + reader.length;
  const items: T[] = [];
  while (reader.offset < end) {
    const { offset } = reader;
    items.push(readItem(reader));
    // ldapts' reader answers `null` and stays where it is when something is cut short.
    if (reader.offset === offset) throw new Error('The message is cut short.');
  }
  return items;
}

/** A text, empty where there is none. */
export function readText(reader: BerReader): string {
  return reader.readString() ?? '';
}
