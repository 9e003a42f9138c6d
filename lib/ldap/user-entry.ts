import { Attribute, Change, type Entry } from 'ldapts';
import type { PhoneSource } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import { isBaseOnly } from './active-directory.ts';
import { DirectoryFault } from './directory-fault.ts';
import { isAtOrBelow } from './distinguished-name.ts';
import { isBytes, readId } from './id-attribute.ts';
import type { LdapSettings } from './ldap-settings.ts';

/** Names of one attribute (RFC 4519, RFC 4524): slapd and ApacheDS answer under the first, whichever was asked for. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['mobile', 'mobiletelephonenumber'],
  ['homephone', 'hometelephonenumber'],
  ['pager', 'pagertelephonenumber'],
  ['uid', 'userid'],
  ['cn', 'commonname'],
  ['sn', 'surname'],
  ['givenname', 'gn'],
  ['mail', 'rfc822mailbox'],
  ['c', 'countryname'],
  ['facsimiletelephonenumber', 'fax'],
];
/** The time of the last change: slapd with ppolicy, 389 Directory Server, FreeIPA; as a text like 20261130101500Z. */
const PASSWORD_CHANGED = ['pwdChangedTime', 'pwdUpdateTime', 'krbLastPwdChange'] as const;
/** Active Directory's: so many 100 ns since 1601; 0 if the password must be changed. */
const PASSWORD_SET = 'pwdLastSet';
const EPOCH_MILLISECONDS = 11_644_473_600_000n;

/** RFC 4519, section 2.2: `countryName`, with two letters of ISO 3166. */
export const USUAL_COUNTRY_ATTRIBUTE = 'c';

/** One entry of the directory, as far as it was asked for. */
export interface UserEntry {
  readonly dn: string;
  /** All values, in the directory's order, those with options last; none if the attribute is absent. */
  values(attribute: string): readonly string[];
  /** The same, each with the description under which it stands, as `mobile;lang-sv` (RFC 4512, section 2.5). */
  descriptions(attribute: string): readonly DescribedValue[];
  /** Those without options, by which an entry is found again. */
  bytes(attribute: string): readonly Buffer[];
}

interface DescribedValue {
  readonly attribute: string;
  readonly value: string;
}

/** The attributes that make a user, for a search. */
export function userAttributes(settings: LdapSettings): { attributes: string[]; explicitBufferAttributes: string[] } {
  const { idAttributes, usernameAttributes, phoneAttributes, displayNameAttributes } = settings;
  const { localeAttribute, countryAttribute = [] } = settings;
  const lists = [idAttributes, usernameAttributes, phoneAttributes, displayNameAttributes, localeAttribute];
  const asked = [...lists, countryAttribute, ...PASSWORD_CHANGED, PASSWORD_SET, settings.attributes].flat();
  return {
    attributes: [...new Set(asked)].filter((name) => !isBaseOnly(name)),
    explicitBufferAttributes: idAttributes.filter(isBytes),
  };
}

/** Names are compared in any case: a directory answers with its own spelling. */
export function readEntry(entry: Entry): UserEntry {
  const all = Object.entries(entry).map(([name, value]) => ({ name, key: name.toLowerCase(), values: [value].flat() }));
  const filled = all.filter(({ values }) => values.length > 0);
  const plain = (attribute: string) =>
    namesOf(attribute)
      .flatMap((name) => filled.find(({ key }) => key === name) ?? [])
      .slice(0, 1);
  const described = (attribute: string) => {
    // A request for an attribute also brings its values with options.
    const tagged = filled.filter(({ key }) => namesOf(attribute).some((name) => key.startsWith(`${name};`)));
    return [...plain(attribute).map(({ values }) => ({ name: attribute, values })), ...tagged];
  };
  const descriptions = (attribute: string) =>
    described(attribute).flatMap(({ name, values }) =>
      values.map((value) => ({ attribute: name, value: String(value) })),
    );
  return {
    dn: entry.dn,
    descriptions,
    values: (attribute) => descriptions(attribute).map(({ value }) => value),
    bytes: (attribute) => plain(attribute).flatMap(({ values }) => values.map((value) => Buffer.from(value))),
  };
}

/** All names of the attribute in small letters, the one that was asked for first. */
function namesOf(attribute: string): readonly string[] {
  const name = attribute.toLowerCase();
  return [name, ...(SYNONYMS.find((names) => names.includes(name)) ?? [])];
}

/**
 * @param idAttributes the first that the entry has is its id
 * @throws DirectoryFault if the entry has no value of the named id attribute, or several
 */
export function readUser(entry: UserEntry, settings: LdapSettings, idAttributes: readonly string[]): User {
  const id = idOf(entry, settings, idAttributes);
  const passwordChangedAt = readPasswordTime(entry);
  const displayName = firstValue(entry, settings.displayNameAttributes);
  const locale = readLocale(entry.values(settings.localeAttribute));
  const country = settings.countryAttribute === undefined ? undefined : entry.values(settings.countryAttribute)[0];
  const { attributes } = settings;
  return {
    id,
    username: firstValue(entry, settings.usernameAttributes) ?? id,
    phoneNumbers: [...new Set(phoneSource(entry, settings).values.map(({ value }) => value))],
    ...(displayName !== undefined && { displayName }),
    ...(locale !== undefined && { locale }),
    ...(country !== undefined && { country }),
    ...(passwordChangedAt !== undefined && { passwordChangedAt }),
    ...(attributes.length > 0 && {
      attributes: Object.fromEntries(attributes.map((name) => [name, entry.values(name)])),
    }),
  };
}

/** Where the numbers of the entry stand. */
export function phoneSource(entry: UserEntry, { phoneAttributes }: LdapSettings): PhoneSource {
  const [country] = entry.values(USUAL_COUNTRY_ATTRIBUTE);
  return {
    dn: entry.dn,
    values: phoneAttributes.flatMap(entry.descriptions).filter(({ value }) => mayBeNumber(value)),
    ...(country !== undefined && { country }),
  };
}

function idOf(entry: UserEntry, settings: LdapSettings, idAttributes: readonly string[]): string {
  for (const attribute of idAttributes) {
    const [value, ...others] = entry.bytes(attribute);
    const id = value && readId(attribute, value);
    if (id !== undefined && others.length === 0) return id;
  }
  if (settings.mayIdBeDn) return dnAsId(entry.dn, settings);
  const problem = `An entry must have exactly one value of the idAttribute ${idAttributes.join()}.`;
  throw new DirectoryFault(problem, undefined, { remedy: 'Choose another idAttribute, or let bindDn read it.' });
}

/** An id that could not be found again would make each right password a wrong one. */
function dnAsId(dn: string, { baseDn }: LdapSettings): string {
  if (isAtOrBelow(dn, baseDn)) return dn;
  throw new DirectoryFault('An entry below baseDn has a DN that does not end in baseDn.', undefined, {
    remedy: 'Write baseDn exactly as it stands at the end of the DNs of the people, or set idAttribute.',
  });
}

function readPasswordTime(entry: UserEntry): Date | undefined {
  const [fileTime = ''] = entry.values(PASSWORD_SET);
  if (/^[1-9]\d{0,18}$/.test(fileTime)) return new Date(Number(BigInt(fileTime) / 10_000n - EPOCH_MILLISECONDS));
  const [time = ''] = PASSWORD_CHANGED.flatMap((name) => entry.values(name));
  // RFC 4517, section 3.3.13, as servers write it: in UTC, to the second or finer.
  const { groups } = /^(?<date>\d{8})(?<hours>\d\d)(?<minutes>\d\d)(?<seconds>\d\d)([.,]\d+)?Z$/.exec(time) ?? {};
  if (groups === undefined) return undefined;
  const { date = '', hours, minutes, seconds } = groups;
  const read = new Date(`${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(read.getTime()) ? undefined : read;
}

function firstValue(entry: UserEntry, attributes: readonly string[]): string | undefined {
  return attributes.flatMap((name) => entry.values(name)).find((value) => value !== '');
}

/** Flags share the attributes with numbers. Any other value is somebody's number, or one for an administrator to mend. */
export function mayBeNumber(value: string): boolean {
  return !/^\s*(?:true|false|yes|no|[01])?\s*$/i.test(value);
}

/** The first of a list with weights, as in `de, en;q=0.8` (RFC 2798, section 2.7). */
function readLocale([value]: readonly string[]): string | undefined {
  return value?.match(/^\s*(?<tag>[a-z]{2,8}(-[a-z0-9]{1,8})*)/i)?.groups?.tag;
}

/** `remove` is a value as it was read. */
export interface PhoneNumberChange {
  readonly add?: string;
  readonly remove?: string;
}

/**
 * The changes of one modify request. The old value is deleted from each attribute that holds it, by its value, so that
 * the directory refuses if it is gone meanwhile. The new one goes into the last attribute. `undefined` if the entry
 * already shows that this cannot be done.
 */
export function phoneNumberChanges(
  entry: UserEntry,
  { add, remove }: PhoneNumberChange,
  phoneAttributes: readonly string[],
): Change[] | undefined {
  const numbers = phoneAttributes.flatMap(entry.descriptions);
  const holdersOf = (value: string) => [
    ...new Set(numbers.filter((number) => number.value === value).map(({ attribute }) => attribute)),
  ];
  if (remove !== undefined && holdersOf(remove).length === 0) return undefined;
  if (add !== undefined && add !== remove && holdersOf(add).length > 0) return undefined;
  const deletions = remove === undefined ? [] : holdersOf(remove).map((holder) => change('delete', holder, remove));
  const additions = add === undefined ? [] : phoneAttributes.slice(-1).map((last) => change('add', last, add));
  return [...deletions, ...additions];
}

function change(operation: 'add' | 'delete', type: string, value: string): Change {
  return new Change({ operation, modification: new Attribute({ type, values: [value] }) });
}
