import { LdapUserStore } from 'express-sms-otp/ldap';
import { Client } from 'ldapts';
import { nameOf, PASSWORD } from '../servers/people.ts';

/** Where the directory is, and how many people are in it. */
export interface DirectorySettings {
  readonly url: string;
  readonly ca: string;
  readonly baseDn: string;
  readonly bindDn: string;
  readonly people: number;
}

type CheckPassword = (place: number) => Promise<void>;

/** The ways to check a password that are compared: find the person, then bind as the person. */
export const DIRECTORY_CLIENTS = {
  LdapUserStore({ url, ca, baseDn, bindDn, people }) {
    const store = new LdapUserStore({ url, tls: { ca }, baseDn, bindDn, bindPassword: 'service' });
    return async (place) => {
      const user = await store.findUser({ username: nameOf(place % people) });
      if (user === undefined || !(await store.checkPassword(user, PASSWORD)))
        throw new Error('The password is not right.');
    };
  },
  'a connection per login'({ url, ca, baseDn, bindDn, people }) {
    return async (place) => {
      const client = new Client({ url, tlsOptions: { ca } });
      try {
        await client.bind(bindDn, 'service');
        const { searchEntries } = await client.search(baseDn, { filter: `(uid=${nameOf(place % people)})` });
        await client.bind(searchEntries[0]?.dn ?? '', PASSWORD);
      } finally {
        await client.unbind();
      }
    };
  },
} as const satisfies Record<string, (settings: DirectorySettings) => CheckPassword>;
