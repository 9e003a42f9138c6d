import { crowdNumber } from './crowd.ts';

/** Somebody in the directory. */
export interface Person {
  readonly username: string;
  readonly password: string;
  /** E.164. */
  readonly number: string;
}

/** Ada of the demo, as LDIF. */
export const ADA = ldifPerson('ada', 'Ada Lovelace', 'lovelace', '+46701740605');
/** Alan of the demo, who has no number. */
export const ALAN = ldifPerson('alan', 'Alan Turing', 'turing');

export function person(place: number): Person {
  return { username: `user${place}`, password: `secret ${place}`, number: crowdNumber(place) };
}

/** So many of them as LDIF. @param hasNumber who has a number in the directory */
export function ldifPeople(count: number, hasNumber: (place: number) => boolean = () => true): string {
  const entries = Array.from({ length: count }, (_, place) => {
    const { username, password, number } = person(place);
    return ldifPerson(username, username, password, hasNumber(place) ? number : undefined);
  });
  return entries.join('');
}

/** An entry below `ou=people,dc=example,dc=org`. @param mobile as the directory writes it */
export function ldifPerson(uid: string, name: string, password: string, mobile?: string): string {
  return `
dn: uid=${uid},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: verifiedPerson
uid: ${uid}
cn: ${name}
sn: ${name.split(' ').at(-1)}
${mobile === undefined ? '' : `mobile: ${mobile}\n`}userPassword: ${password}
`;
}
