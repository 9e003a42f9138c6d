import { startSlapd } from '../test/support/slapd.ts';
import { nameOf, numberOf, PASSWORD } from './servers/people.ts';

/** The facts that a process needs of it. */
export interface Directory {
  readonly url: string;
  readonly ca: string;
  readonly baseDn: string;
  readonly bindDn: string;
  close(): Promise<void>;
}

/** A slapd of the bench's own, over TLS, with so many people. */
export async function startDirectory(people: number): Promise<Directory> {
  const { secureUrl, ca, baseDn, bindDn, close } = await startSlapd(
    Array.from({ length: people }, (_, person) => entry(person)).join('\n'),
  );
  return { url: secureUrl, ca, baseDn, bindDn, close };
}

function entry(person: number): string {
  const name = nameOf(person);
  return `dn: uid=${name},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ${name}
cn: ${name}
sn: ${name}
mobile: ${numberOf(person)}
userPassword: ${PASSWORD}
`;
}
