/** One entry of the simulated directory. Only `password` is ever compared at a bind; it is not an attribute. */
export interface DirectoryEntry {
  /** The distinguished name, as `uid=ada,ou=people,dc=example,dc=org`. */
  readonly dn: string;
  /** Without one, nobody can bind as it. */
  readonly password?: string;
  /** All values, by the attribute's name. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Attributes that a server gives only to those who name them (RFC 4511, section 4.5.1.8). */
const OPERATIONAL = ['entryuuid'];

/** The values of an attribute, whose name is looked for in any case. */
export function valuesOf(entry: DirectoryEntry, attribute: string): readonly string[] {
  const wanted = attribute.toLowerCase();
  return Object.entries(entry.attributes).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? [];
}

/** As most attributes of a person match: whatever the case (`caseIgnoreMatch`, RFC 4517). */
export function sameValue(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** The entry with the attributes that a search asked for: all but the operational ones where none is named. */
export function withOnly(entry: DirectoryEntry, asked: readonly string[]): DirectoryEntry {
  const names = asked.map((name) => name.toLowerCase());
  const isAsked = (name: string) =>
    names.includes(name) || (!OPERATIONAL.includes(name) && (names.length === 0 || names.includes('*')));
  const attributes = Object.entries(entry.attributes).filter(([name]) => isAsked(name.toLowerCase()));
  return { dn: entry.dn, attributes: Object.fromEntries(attributes) };
}
