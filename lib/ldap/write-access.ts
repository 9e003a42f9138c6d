import { Attribute, Change, type Client, type Entry, ResultCodeError, type SearchOptions } from 'ldapts';
import { Deadline } from '../deadline.ts';
import type { Finding } from '../domain/ports.ts';
import type { Connection } from './connection.ts';
import { DirectoryFault, RESULT_CODE, type ResultCodeName } from './directory-fault.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { hasControls, PasswordPolicyControl } from './password-policy.ts';
import { bindAs, type Prepare, Servers } from './servers.ts';
import type { UserEntry } from './user-entry.ts';

/** No country's number begins with 0. */
const NOBODYS_NUMBER = '+00000000000';
/** A directory may hide from an account without rights that there is anything at all. */
const REFUSALS: readonly ResultCodeName[] = ['insufficientAccessRights', 'noSuchObject', 'undefinedAttributeType'];
const NOBODY = 'there is nobody to try it with';
const NO_WRITES = 'it cannot be tried: no server in url takes writes';
/** The directory cannot say now, which is no refusal to show something. */
const LATER: readonly number[] = [RESULT_CODE.timeLimitExceeded, RESULT_CODE.busy, RESULT_CODE.unavailable];

/** Whether the service account may write numbers into these entries, and whether their classes allow it. */
export async function examineWriting(settings: LdapSettings, entries: readonly UserEntry[]): Promise<Finding> {
  const check = 'LDAP writing';
  const attribute = settings.phoneAttributes.at(-1) ?? '';
  if (entries.length === 0) return { check, status: 'skipped', detail: NOBODY };
  return attempt(check, async () => {
    const prepare = bindAs(settings.connection.serviceAccount);
    const writable: UserEntry[] = [];
    for (const entry of entries) if (await mayWrite(settings, prepare, entry.dn, attribute)) writable.push(entry);
    if (writable.length === 0) {
      const remedy = `Let the account (bindDn) write ${attribute} below baseDn, or turn enrollment off.`;
      return { check, status: 'failed', detail: `the service account may not write ${attribute}`, remedy };
    }
    const without = await countWithout(settings, writable, attribute);
    const some =
      writable.length === entries.length ? '' : ` of ${writable.length} of the first ${entries.length} people`;
    if (without === 0) return { check, status: 'ok', detail: `the service account may write ${attribute}${some}` };
    return {
      check,
      status: without === writable.length ? 'failed' : 'warning',
      detail: `the object classes of ${without} of the first ${writable.length} people allow no ${attribute}`,
      remedy: `Give these entries a class that has ${attribute}, as inetOrgPerson, or take another phoneAttribute.`,
    };
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
      if (await mayWrite(settings, bindAsPerson(dn, password), dn, attribute)) writable.push(attribute);
    }
    if (writable.length === 0) return { check, status: 'ok', detail: 'this person may not change their own numbers' };
    const detail = `this person may change their own ${writable.join(', ')}: a stolen password then brings the code`;
    return { check, status: 'warning', detail, remedy: 'Let only the service account write these attributes.' };
  }).then((finding) => (finding.status === 'failed' ? { check, status: 'skipped', detail: NO_WRITES } : finding));
}

/** Until the password is changed a directory refuses everything, whatever the person's rights are. */
function bindAsPerson(dn: string, password: string): Prepare {
  return async (connection, deadline) => {
    const policy = new PasswordPolicyControl();
    const search = (base: string, options: SearchOptions) =>
      connection.run((client) => client.search(base, options), deadline);
    const controls = (await hasControls(search)) === false ? undefined : policy;
    await connection.run((client) => client.bind(dn, password, controls), deadline);
    if (policy.report.refusal !== 'mustChange') return;
    throw new DirectoryFault('This person must change the password first.');
  };
}

/**
 * Tries a change that leaves the entry as it is: it deletes a number that is not there. Servers check rights first, so
 * without the right they refuse it for that reason; with the right, because there is no such value (RFC 4511,
 * section 4.6). No rule about values plays a part, as nothing is added.
 *
 * @throws DirectoryFault also if no server takes writes
 */
async function mayWrite(
  { connection: { servers, trust, timeoutMilliseconds } }: LdapSettings,
  prepare: Prepare,
  dn: string,
  type: string,
): Promise<boolean> {
  const change = new Change({ operation: 'delete', modification: new Attribute({ type, values: [NOBODYS_NUMBER] }) });
  const deadline = new Deadline(timeoutMilliseconds);
  try {
    await new Servers(servers, trust).write((client) => client.modify(dn, change), deadline, prepare);
    return true;
  } catch (fault) {
    if (!(fault instanceof DirectoryFault)) throw fault;
    if (fault.hasCode(['noSuchAttribute'])) return true;
    if (fault.hasCode(REFUSALS)) return false;
    throw fault;
  }
}

/** Entries whose classes do not allow the attribute: the right to write it is not enough. */
async function countWithout(
  { connection: { servers, trust, serviceAccount, timeoutMilliseconds } }: LdapSettings,
  entries: readonly UserEntry[],
  attribute: string,
): Promise<number> {
  const connection = await new Servers(servers, trust).open(new Deadline(timeoutMilliseconds), bindAs(serviceAccount));
  try {
    const allowed: boolean[] = [];
    for (const { dn } of entries) {
      const allows = await readAllowedAttributes(connection, dn, new Deadline(timeoutMilliseconds));
      allowed.push(allows?.(attribute) ?? true);
    }
    return allowed.filter((isAllowed) => !isAllowed).length;
  } finally {
    connection.close();
  }
}

async function attempt(check: string, job: () => Promise<Finding>): Promise<Finding> {
  try {
    return await job();
  } catch (fault) {
    if (!(fault instanceof DirectoryFault)) throw fault;
    const { message, remedy } = fault;
    if (remedy !== undefined) return { check, status: 'failed', detail: message.replace(/\.$/, ''), remedy };
    return { check, status: 'skipped', detail: `it cannot be tried: ${message}` };
  }
}

/** An entry of this class may have any attribute (RFC 4512, section 4.3). */
const ANYTHING = 'extensibleobject';

/** One definition of an object class or an attribute type (RFC 4512, section 4.1), its names in small letters. */
interface Definition {
  readonly names: readonly string[];
  readonly superior: readonly string[];
  readonly attributes: readonly string[];
}

/** Which attributes the entry may have by the rules of the directory; `undefined` if the directory does not say. */
async function readAllowedAttributes(
  connection: Connection,
  dn: string,
  deadline: Deadline,
): Promise<((attribute: string) => boolean) | undefined> {
  const read = (base: string, ...attributes: string[]) =>
    connection.run((client) => readEntry(client, base, attributes), deadline);
  const entry = await read(dn, 'objectClass', 'allowedAttributes', 'subschemaSubentry');
  // Active Directory works it out by itself.
  const allowed = namesIn(entry, 'allowedAttributes');
  if (allowed.length > 0) return (attribute) => allowed.includes(attribute.toLowerCase());
  const classes = namesIn(entry, 'objectClass');
  const [place] = [
    ...texts(entry, 'subschemaSubentry'),
    ...texts(await read('', 'subschemaSubentry'), 'subschemaSubentry'),
  ];
  if (place === undefined || classes.length === 0) return undefined;
  const schema = await read(place, 'objectClasses', 'attributeTypes');
  const definitions = texts(schema, 'objectClasses').map(readDefinition);
  if (definitions.length === 0) return undefined;
  const types = texts(schema, 'attributeTypes').map(readDefinition);
  const known = attributesOf(classes, definitions);
  return (attribute) => {
    const name = attribute.toLowerCase();
    const names = types.find((type) => type.names.includes(name))?.names ?? [name];
    return classes.includes(ANYTHING) || names.some((each) => known.has(each));
  };
}

/** Of these classes and all above them. */
function attributesOf(classes: readonly string[], definitions: readonly Definition[]): ReadonlySet<string> {
  const wanted = new Set(classes);
  const attributes = new Set<string>();
  // The set grows while it is read.
  for (const name of wanted) {
    const definition = definitions.find(({ names }) => names.includes(name));
    for (const above of definition?.superior ?? []) wanted.add(above);
    for (const attribute of definition?.attributes ?? []) attributes.add(attribute);
  }
  return attributes;
}

function readDefinition(text: string): Definition {
  const list = (keyword: string) => {
    const found = new RegExp(`\\s${keyword}\\s+(?:\\(([^)]*)\\)|'?([^\\s')]+)'?)`, 'i').exec(text);
    return (found?.[1] ?? found?.[2] ?? '')
      .toLowerCase()
      .split(/[\s$']+/)
      .filter((name) => name !== '');
  };
  return { names: list('NAME'), superior: list('SUP'), attributes: [...list('MUST'), ...list('MAY')] };
}

/** `undefined` also if the directory will not show it: many have no root DSE, or hide their schema. */
async function readEntry(client: Client, base: string, attributes: string[]): Promise<Entry | undefined> {
  try {
    return (await client.search(base, { scope: 'base', attributes })).searchEntries[0];
  } catch (error) {
    if (!(error instanceof ResultCodeError) || LATER.includes(error.code)) throw error;
    return undefined;
  }
}

function texts(entry: Entry | undefined, attribute: string): readonly string[] {
  const name = Object.keys(entry ?? {}).find((key) => key.toLowerCase() === attribute.toLowerCase());
  return name === undefined ? [] : [entry?.[name] ?? []].flat().map(String);
}

function namesIn(entry: Entry | undefined, attribute: string): readonly string[] {
  return texts(entry, attribute).map((name) => name.toLowerCase());
}
