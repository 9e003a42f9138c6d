import { setTimeout as pause } from 'node:timers/promises';
import { Attribute, Change, Client } from 'ldapts';

/** A real directory server of the test's own, on the loopback address and in a temporary folder. */
export interface DirectoryPeer {
  readonly url: string;
  readonly baseDn: string;
  readonly bindDn: string;
  readonly bindPassword: string;
  close(): Promise<void>;
}

export interface PersonSpec {
  readonly uid: string;
  readonly mobile?: string;
}

/** A client of the administrator's; mocha's time-out is the deadline. */
export async function bound(url: string, dn: string, password: string): Promise<Client> {
  const client = new Client({ url, timeout: 10_000 });
  try {
    await client.bind(dn, password);
    return client;
  } catch {
    await client.unbind().catch(() => {});
    await pause(100);
    return bound(url, dn, password);
  }
}

/** The entry of a person whose password is `UID-secret`. */
export function personEntry({ uid, mobile }: PersonSpec, baseDn = 'ou=people,dc=example,dc=org') {
  const attributes = {
    objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
    uid,
    cn: uid,
    sn: uid,
    userPassword: `${uid}-secret`,
    ...(mobile !== undefined && { mobile }),
  };
  return [`uid=${uid},${baseDn}`, attributes] as const;
}

export function replace(client: Client, dn: string, type: string, value: string): Promise<void> {
  return client.modify(
    dn,
    new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
  );
}
