import type { Deadline } from '../deadline.ts';
import type { Finding } from '../domain/finding.ts';
import type { PhoneSource, UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import { activeDirectorySettings } from './active-directory.ts';
import { Connections } from './connections.ts';
import { examineDirectory } from './diagnostics.ts';
import { DirectoryFault } from './directory-fault.ts';
import type { ActiveDirectoryOptions, LdapUserStoreOptions } from './ldap-options.ts';
import { checkActiveDirectoryOptions, checkLdapOptions } from './ldap-schema.ts';
import { type LdapSettings, ldapSettings } from './ldap-settings.ts';
import {
  type PhoneNumberChange,
  phoneNumberChanges,
  phoneSource,
  readEntry,
  readUser,
  type UserEntry,
  userAttributes,
} from './user-entry.ts';
import { listEntries, type UserKey, type UserSearch, userSearches } from './user-search.ts';
import { examineOwnRights } from './write-access.ts';

/** The entry is no longer as it was read. */
const CHANGED_MEANWHILE = ['noSuchAttribute', 'attributeOrValueExists', 'noSuchObject'] as const;

/**
 * People, passwords and numbers in an LDAP directory. A person is exactly one entry; every rejection is a
 * `DirectoryFault` and comes within `timeoutSeconds`.
 */
export class LdapUserStore implements UserStore {
  readonly #settings: LdapSettings;
  readonly #connections: Connections;
  /** The time that is left for what is asked of a user who was just found. */
  readonly #deadlines = new WeakMap<User, Deadline>();
  readonly #phoneSources = new WeakMap<User, PhoneSource>();

  /**
   * Connects at the first call.
   *
   * @throws SmsOtpConfigError with all problems of the options.
   */
  constructor(options: LdapUserStoreOptions);
  /** @internal For `forActiveDirectory`, which has checked the options. */
  constructor(options: LdapUserStoreOptions, settings: LdapSettings);
  constructor(options: LdapUserStoreOptions, settings = checkedSettings(options)) {
    this.#settings = settings;
    this.#connections = new Connections(this.#settings.connection);
  }

  /**
   * People sign in as `ada`, `EXAMPLE\ada` or `ada@example.org`. Only people whose account is enabled and not expired
   * are found, and their id is the `objectGUID`.
   *
   * @throws SmsOtpConfigError with all problems of the options.
   */
  static forActiveDirectory(options: ActiveDirectoryOptions): LdapUserStore {
    checkActiveDirectoryOptions(options);
    return new LdapUserStore(options, activeDirectorySettings(options));
  }

  async findUser(key: UserKey): Promise<User | undefined> {
    const deadline = this.#connections.newDeadline();
    const entry = await this.#findEntry(key, deadline);
    const user = entry && this.#readUser(entry);
    if (user !== undefined) this.#deadlines.set(user, deadline);
    return user;
  }

  /** With the `findUser` that gave the user a moment ago it takes no longer than one call may. */
  async checkPassword(user: User, password: string): Promise<boolean> {
    if (!mayBePassword(password)) return false;
    const begun = this.#deadlines.get(user);
    const deadline = begun === undefined || begun.isOver ? this.#connections.newDeadline() : begun.part(1);
    const entry = await this.#findEntry({ id: user.id }, deadline);
    if (entry === undefined || entry.dn === '') return false;
    return this.#connections.verifyPassword(entry.dn, password, deadline);
  }

  async changePhoneNumbers(user: User, change: PhoneNumberChange): Promise<'done' | 'conflict'> {
    const deadline = this.#connections.newDeadline();
    const entry = await this.#findEntry({ id: user.id }, deadline);
    const changes = entry && phoneNumberChanges(entry, change, this.#settings.phoneAttributes);
    if (entry === undefined || changes === undefined) return 'conflict';
    if (changes.length === 0) return 'done';
    try {
      await this.#connections.modify(entry.dn, changes, deadline);
      return 'done';
    } catch (fault) {
      if (fault instanceof DirectoryFault && fault.hasCode(CHANGED_MEANWHILE)) return 'conflict';
      throw fault;
    }
  }

  /** Resolves if the base can be read under the service account. */
  async health(): Promise<void> {
    const deadline = this.#connections.newDeadline();
    await this.#connections.search(this.#settings.baseDn, { scope: 'base', attributes: ['1.1'] }, deadline);
  }

  async *users(): AsyncGenerator<User> {
    for await (const entry of listEntries(this.#settings)) yield this.#readUser(entry);
  }

  phoneSource(user: User): PhoneSource | undefined {
    return this.#phoneSources.get(user);
  }

  examine({ mustWrite }: { readonly mustWrite: boolean }): AsyncIterable<Finding> {
    return examineDirectory(this.#settings, mustWrite);
  }

  async examineOwnRights(user: User, password: string): Promise<Finding> {
    const entry = await this.#findEntry({ id: user.id }, this.#connections.newDeadline());
    return examineOwnRights(this.#settings, entry, password);
  }

  /** Waits for what runs; what waits, or comes later, is rejected. */
  async close(): Promise<void> {
    await this.#connections.close();
  }

  #readUser(entry: UserEntry): User {
    const user = readUser(entry, this.#settings);
    this.#phoneSources.set(user, phoneSource(entry, this.#settings));
    return user;
  }

  async #findEntry(key: UserKey, deadline: Deadline): Promise<UserEntry | undefined> {
    for (const search of userSearches(key, this.#settings)) {
      const entry = await this.#findOne(search, deadline);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  async #findOne({ base, notFoundCodes, ...asked }: UserSearch, deadline: Deadline): Promise<UserEntry | undefined> {
    const options = { ...asked, ...userAttributes(this.#settings) };
    try {
      const { searchEntries } = await this.#connections.search(base, options, deadline);
      const [entry, ...others] = searchEntries;
      return entry && others.length === 0 ? readEntry(entry) : undefined;
    } catch (fault) {
      if (fault instanceof DirectoryFault && fault.hasCode(notFoundCodes)) return undefined;
      throw fault;
    }
  }
}

/**
 * A bind with an empty password proves nothing and succeeds (RFC 4513, section 5.1.2), and some servers end a password
 * at a control character. No password has one (RFC 8265, section 4.2), but for what a paste may bring.
 */
function mayBePassword(password: unknown): boolean {
  if (typeof password !== 'string' || password === '') return false;
  return !Array.from(password).some((character) => character < ' ' && !'\t\n\r'.includes(character));
}

function checkedSettings(options: LdapUserStoreOptions): LdapSettings {
  checkLdapOptions(options);
  return ldapSettings(options);
}
