import {
  type Entry,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  GreaterThanEqualsFilter,
  NotFilter,
  OrFilter,
} from 'ldapts';
import type { ActiveDirectoryOptions } from './ldap-options.ts';
import { type LdapSettings, ldapSettings } from './ldap-settings.ts';

const ACCOUNT_NAME = 'sAMAccountName';
const PRINCIPAL_NAME = 'userPrincipalName';
/** `SAM_NORMAL_USER_ACCOUNT`: people, but no computers, groups or trusts. */
const PERSON = '805306368';
/** `ADS_UF_ACCOUNTDISABLE`, and the rule that looks at single bits (LDAP_MATCHING_RULE_BIT_AND). */
const DISABLED = { matchType: 'userAccountControl', rule: '1.2.840.113556.1.4.803', value: '2' };
/** From 1601, where the directory's time begins, to 1970. */
const EPOCH_MILLISECONDS = 11_644_473_600_000n;

/** How Active Directory names people and marks the accounts that can be used. Expects checked options. */
export function activeDirectorySettings({ upnSuffixes = [], ...options }: ActiveDirectoryOptions): LdapSettings {
  const settings = ldapSettings({
    phoneAttribute: 'mobile',
    countryAttribute: 'c',
    ...options,
    usernameAttribute: [ACCOUNT_NAME, PRINCIPAL_NAME],
    idAttribute: 'objectGUID',
  });
  return {
    ...settings,
    maxNumbers: isSingleValued(settings.phoneAttributes) ? 1 : undefined,
    usernameFilter: (name) => usernameFilter(name, upnSuffixes),
    extraFilters: () => [...settings.extraFilters(), ...usableAccountFilters(Date.now())],
  };
}

/** Active Directory keeps several numbers only in the attributes whose names begin so, as `otherMobile`. */
function isSingleValued([attribute = '', ...others]: readonly string[]): boolean {
  return others.length === 0 && !attribute.toLowerCase().startsWith('other');
}

/** The domain before a backslash is not looked at: `baseDn` is in one domain. */
function usernameFilter(name: string, suffixes: readonly string[]): Filter | undefined {
  if (name.includes('\\')) {
    const account = name.slice(name.indexOf('\\') + 1);
    return account === '' ? undefined : equalityFilter(ACCOUNT_NAME, account);
  }
  const at = name.lastIndexOf('@');
  if (at < 0) {
    const principals = suffixes.map((suffix) => `${name}@${suffix}`);
    return accountOrPrincipalFilter(name, principals);
  }
  const isKnown = suffixes.some((suffix) => suffix.toLowerCase() === name.slice(at + 1).toLowerCase());
  return isKnown ? accountOrPrincipalFilter(name.slice(0, at), [name]) : equalityFilter(PRINCIPAL_NAME, name);
}

function accountOrPrincipalFilter(account: string, principals: readonly string[]): Filter {
  const filters = [
    equalityFilter(ACCOUNT_NAME, account),
    ...principals.map((principal) => equalityFilter(PRINCIPAL_NAME, principal)),
  ];
  return new OrFilter({ filters });
}

/** Enabled and not expired people. An attribute that the service account cannot see is no "yes". */
function usableAccountFilters(now: number): readonly Filter[] {
  const fileTime = (BigInt(now) + EPOCH_MILLISECONDS) * 10_000n;
  const expiresLater = new GreaterThanEqualsFilter({ attribute: 'accountExpires', value: String(fileTime) });
  return [
    equalityFilter('sAMAccountType', PERSON),
    new NotFilter({ filter: new ExtensibleFilter(DISABLED) }),
    new OrFilter({ filters: [equalityFilter('accountExpires', '0'), expiresLater] }),
  ];
}

function equalityFilter(attribute: string, value: string): Filter {
  return new EqualityFilter({ attribute, value });
}

/** Attributes that Active Directory works out anew, and only for a search of one entry: any other search would fail. */
const BASE_ONLY = ['tokengroups', 'tokengroupsglobalanduniversal', 'tokengroupsnogcacceptable'];

/** Whether the attribute must be read by a search of its own. */
export function isBaseOnly(attribute: string): boolean {
  return BASE_ONLY.includes(attribute.toLowerCase());
}

/** An entry's values as texts: S-1-5-21-… */
export function sidTexts(entry: Entry, attribute: string): string[] {
  return [entry[attribute] ?? []].flat().map((value) => sidText(Buffer.from(value)));
}

/** A security identifier as Windows shows it (MS-DTYP, section 2.4.2): revision, authority, sub-authorities. */
function sidText(bytes: Buffer): string {
  if (bytes.length < 8 || bytes.length % 4 !== 0) return bytes.toString('hex');
  const subAuthorities = Array.from({ length: bytes.length / 4 - 2 }, (_, place) => bytes.readUInt32LE(8 + place * 4));
  return ['S', bytes.readUInt8(0), bytes.readUIntBE(2, 6), ...subAuthorities].join('-');
}
