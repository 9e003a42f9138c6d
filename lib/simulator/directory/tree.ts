import { RESULT_CODE } from '../../ldap/directory-fault.ts';
import { isAtOrBelow, sameDn } from '../../ldap/distinguished-name.ts';
import { type DirectoryEntry, sameValue, valuesOf } from './entry.ts';

/** One change of a modify request (RFC 4511, section 4.6). */
export interface DirectoryChange {
  readonly operation: 'add' | 'delete' | 'replace';
  readonly attribute: string;
  readonly values: readonly string[];
}

/** A search filter as it came over the wire (RFC 4511, section 4.5.1.7). */
export type DirectoryFilter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly DirectoryFilter[] }
  | { readonly kind: 'not'; readonly filter: DirectoryFilter }
  | { readonly kind: 'equality'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'present'; readonly attribute: string }
  | { readonly kind: 'substrings'; readonly attribute: string; readonly pieces: readonly SubstringPiece[] };

export interface SubstringPiece {
  readonly place: 'initial' | 'any' | 'final';
  readonly text: string;
}

/** The entries, and the operations on them. */
export class DirectoryTree {
  readonly #fixed: readonly DirectoryEntry[];
  #entries: readonly DirectoryEntry[];

  /** `fixed` entries are found like the others, but never listed, changed or removed. */
  constructor(fixed: readonly DirectoryEntry[], entries: readonly DirectoryEntry[]) {
    this.#fixed = fixed;
    this.#entries = entries;
  }

  get entries(): readonly DirectoryEntry[] {
    return this.#entries;
  }

  put(entry: DirectoryEntry): void {
    this.remove(entry.dn);
    this.#entries = [...this.#entries, entry];
  }

  remove(dn: string): void {
    this.#entries = this.#entries.filter((entry) => !sameDn(entry.dn, dn));
  }

  find(dn: string): DirectoryEntry | undefined {
    return [...this.#fixed, ...this.#entries].find((entry) => sameDn(entry.dn, dn));
  }

  /** The entries meant, or `undefined` if nothing is at the base nor below it. */
  search(base: string, scope: 'base' | 'sub', filter: DirectoryFilter): readonly DirectoryEntry[] | undefined {
    const isInScope = scope === 'base' ? sameDn : isAtOrBelow;
    const inScope = [...this.#fixed, ...this.#entries].filter((entry) => isInScope(entry.dn, base));
    return inScope.length === 0 ? undefined : inScope.filter((entry) => matches(filter, entry));
  }

  /** All changes, or none. */
  modify(dn: string, changes: readonly DirectoryChange[]): number {
    const entry = this.#entries.find((candidate) => sameDn(candidate.dn, dn));
    if (entry === undefined) return RESULT_CODE.noSuchObject;
    let changed = entry;
    for (const change of changes) {
      const values = changedValues(valuesOf(changed, change.attribute), change);
      if (typeof values === 'number') return values;
      changed = { ...changed, attributes: withValues(changed.attributes, change.attribute, values) };
    }
    this.#entries = this.#entries.map((candidate) => (candidate === entry ? changed : candidate));
    return RESULT_CODE.success;
  }
}

/** The values after the change, or the result code that refuses it. */
function changedValues(held: readonly string[], { operation, values }: DirectoryChange): readonly string[] | number {
  const isHeld = (value: string) => held.some((other) => sameValue(other, value));
  switch (operation) {
    case 'add':
      return values.some(isHeld) ? RESULT_CODE.attributeOrValueExists : [...held, ...values];
    case 'delete':
      if (held.length === 0 || !values.every(isHeld)) return RESULT_CODE.noSuchAttribute;
      return values.length === 0 ? [] : held.filter((value) => !values.some((gone) => sameValue(gone, value)));
    case 'replace':
      return values;
  }
}

/** An attribute without values is no attribute. */
function withValues(
  attributes: DirectoryEntry['attributes'],
  attribute: string,
  values: readonly string[],
): DirectoryEntry['attributes'] {
  const name = Object.keys(attributes).find((key) => key.toLowerCase() === attribute.toLowerCase()) ?? attribute;
  const { [name]: _replaced, ...others } = attributes;
  return values.length === 0 ? others : { ...others, [name]: values };
}

/** Whether the filter means the entry. */
function matches(filter: DirectoryFilter, entry: DirectoryEntry): boolean {
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
