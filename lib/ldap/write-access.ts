import { Attribute, Change } from 'ldapts';
import { Deadline } from '../deadline.ts';
import type { Finding } from '../domain/finding.ts';
import { DirectoryFault, type ResultCodeName } from './directory-fault.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { type BindCredentials, bindAs, Servers } from './servers.ts';
import type { UserEntry } from './user-entry.ts';

/** No country's number begins with 0. */
const NOBODYS_NUMBER = '+00000000000';
/** A directory may hide from an account without rights that there is anything at all. */
const REFUSALS: readonly ResultCodeName[] = ['insufficientAccessRights', 'noSuchObject', 'unwillingToPerform'];

const NOBODY = 'there is nobody to try it with';

/** Whether the service account may write numbers into this entry. */
export async function examineWriting(settings: LdapSettings, entry: UserEntry | undefined): Promise<Finding> {
  const check = 'LDAP writing';
  const { phoneAttributes, connection } = settings;
  const attribute = phoneAttributes.at(-1) ?? '';
  if (entry === undefined) return { check, status: 'skipped', detail: NOBODY };
  return attempt(check, async () => {
    if (await mayWrite(settings, connection.serviceAccount, entry.dn, attribute)) {
      return { check, status: 'ok', detail: `the service account may write ${attribute}` };
    }
    const remedy = `Let the account (bindDn) write ${attribute} below baseDn, or turn enrollment off.`;
    return { check, status: 'failed', detail: `the service account may not write ${attribute}`, remedy };
  });
}

/** Whether people may change their own numbers: a stolen password is then enough for the second factor, too. */
export async function examineOwnRights(
  settings: LdapSettings,
  entry: UserEntry | undefined,
  password: string,
): Promise<Finding> {
  const check = 'LDAP own rights';
  // A bind without a password would try what nobody may, and find nothing (RFC 4513, section 5.1.2).
  if (entry === undefined || password === '') return { check, status: 'skipped', detail: NOBODY };
  const { dn } = entry;
  return attempt(check, async () => {
    const writable: string[] = [];
    for (const attribute of settings.phoneAttributes) {
      if (await mayWrite(settings, { dn, password }, dn, attribute)) writable.push(attribute);
    }
    if (writable.length === 0) return { check, status: 'ok', detail: 'this person may not change their own numbers' };
    const detail = `this person may change their own ${writable.join(', ')}: a stolen password then brings the code`;
    return { check, status: 'warning', detail, remedy: 'Let only the service account write these attributes.' };
  });
}

/**
 * Tries a change that leaves the entry as it is: it deletes a number that is not there. Servers check rights first, so
 * without the right they refuse it for that reason; with the right, because there is no such value (RFC 4511,
 * section 4.6).
 */
async function mayWrite(
  { connection: { servers, trust, timeoutMilliseconds } }: LdapSettings,
  account: BindCredentials | undefined,
  dn: string,
  attribute: string,
): Promise<boolean> {
  const deadline = new Deadline(timeoutMilliseconds);
  const changes = (['delete', 'add'] as const).map(
    (operation) =>
      new Change({ operation, modification: new Attribute({ type: attribute, values: [NOBODYS_NUMBER] }) }),
  );
  const connection = await new Servers(servers, trust).open(deadline, bindAs(account));
  try {
    await connection.run((client) => client.modify(dn, changes), deadline);
    return true;
  } catch (fault) {
    if (!(fault instanceof DirectoryFault)) throw fault;
    if (fault.hasCode(['noSuchAttribute'])) return true;
    if (fault.hasCode([...REFUSALS, 'undefinedAttributeType'])) return false;
    throw fault;
  } finally {
    connection.close();
  }
}

async function attempt(check: string, job: () => Promise<Finding>): Promise<Finding> {
  try {
    return await job();
  } catch (fault) {
    if (!(fault instanceof DirectoryFault)) throw fault;
    return { check, status: 'skipped', detail: `it cannot be tried: ${fault.message}` };
  }
}
