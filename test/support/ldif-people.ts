import { crowdNumber } from './crowd.ts';

/** Somebody in the directory. */
export interface Person {
  readonly username: string;
  readonly password: string;
  /** E.164. */
  readonly number: string;
}

export function person(place: number): Person {
  return { username: `user${place}`, password: `secret ${place}`, number: crowdNumber(place) };
}

/** So many of them as LDIF. @param hasNumber who has a number in the directory */
export function ldifPeople(count: number, hasNumber: (place: number) => boolean = () => true): string {
  const entries = Array.from({ length: count }, (_, place) => {
    const { username, password, number } = person(place);
    const lines = [
      `dn: uid=${username},ou=people,dc=example,dc=org`,
      'objectClass: inetOrgPerson',
      ...['uid', 'cn', 'sn'].map((name) => `${name}: ${username}`),
      ...(hasNumber(place) ? [`mobile: ${number}`] : []),
      `userPassword: ${password}`,
    ];
    return lines.join('\n');
  });
  return `\n${entries.join('\n\n')}\n`;
}
