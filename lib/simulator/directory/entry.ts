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

/** The entry with the attributes that a search asked for: all but the operational ones if none is named. */
export function withOnly(entry: DirectoryEntry, asked: readonly string[]): DirectoryEntry {
  const names = asked.map((name) => name.toLowerCase());
  const isAsked = (name: string) =>
    names.includes(name) || (!OPERATIONAL.includes(name) && (names.length === 0 || names.includes('*')));
  const attributes = Object.entries(entry.attributes).filter(([name]) => isAsked(name.toLowerCase()));
  return { dn: entry.dn, attributes: Object.fromEntries(attributes) };
}

/** The account that an app searches with; its password is `service`. */
export const SERVICE_ACCOUNT = {
  dn: 'cn=service,dc=example,dc=org',
  password: 'service',
  attributes: { objectClass: ['organizationalRole', 'simpleSecurityObject'], cn: ['service'] },
} as const satisfies DirectoryEntry;

/** The people of the demo: one number, two numbers, none. */
export function demoPeople(baseDn: string): readonly DirectoryEntry[] {
  return [
    person(baseDn, 'ada', 'Ada', 'Lovelace', '8f14c3a2-5b1e-4d6f-9a70-1c2d3e4f5a61', ['+46701740605']),
    person(baseDn, 'grace', 'Grace', 'Hopper', '3d9e7b54-2c8a-4f13-8e6d-7a8b9c0d1e72', [
      '+46701740606',
      '+46701740607',
    ]),
    person(baseDn, 'alan', 'Alan', 'Turing', 'c6a0f1d8-94e7-4b25-b3c9-5e6f7a8b9c83', []),
  ];
}

function person(
  baseDn: string,
  uid: string,
  givenName: string,
  sn: string,
  entryUUID: string,
  mobile: readonly string[],
): DirectoryEntry {
  const name = `${givenName} ${sn}`;
  return {
    dn: `uid=${uid},${baseDn}`,
    password: sn.toLowerCase(),
    attributes: {
      objectClass: ['inetOrgPerson'],
      uid: [uid],
      cn: [name],
      sn: [sn],
      displayName: [name],
      entryUUID: [entryUUID],
      ...(mobile.length > 0 && { mobile }),
    },
  };
}
