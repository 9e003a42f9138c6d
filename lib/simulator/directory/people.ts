import type { DirectoryEntry } from './entry.ts';

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
