import type { UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import { Connections } from './connections.ts';
import type { Deadline } from './deadline.ts';
import { DirectoryFault } from './directory-fault.ts';
import type { LdapUserStoreOptions } from './ldap-options.ts';
import { checkLdapOptions } from './ldap-schema.ts';
import { type LdapSettings, ldapSettings } from './ldap-settings.ts';
import { type PhoneNumberChange, phoneNumberChanges } from './phone-number-change.ts';
import { readEntry, readUser, type UserEntry, userAttributes } from './user-entry.ts';
import { type UserKey, userSearch } from './user-search.ts';

/** The entry is no longer as it was read. */
const CHANGED_MEANWHILE = ['noSuchAttribute', 'attributeOrValueExists', 'noSuchObject'] as const;

/**
 * People, passwords and numbers in an LDAP directory. A person is exactly one entry; every rejection is a
 * `DirectoryFault` and comes within `timeoutSeconds`.
 */
export class LdapUserStore implements UserStore {
  readonly #settings: LdapSettings;
  readonly #connections: Connections;

  /**
   * Connects at the first call.
   *
   * @throws SmsOtpConfigError with all problems of the options.
   */
  constructor(options: LdapUserStoreOptions) {
    checkLdapOptions(options);
    this.#settings = ldapSettings(options);
    this.#connections = new Connections(this.#settings.connection);
  }

  async findUser(key: UserKey): Promise<User | undefined> {
    const entry = await this.#findEntry(key, this.#connections.newDeadline());
    return entry && readUser(entry, this.#settings);
  }

  async checkPassword(user: User, password: string): Promise<boolean> {
    // A bind with an empty password proves nothing and succeeds (RFC 4513, section 5.1.2); some servers end a password
    // at its first NUL, which makes an empty one of "\0".
    if (typeof password !== 'string' || password === '' || password.includes('\0')) return false;
    const deadline = this.#connections.newDeadline();
    const entry = await this.#findEntry({ id: user.id }, deadline);
    if (entry === undefined || entry.dn === '') return false;
    return this.#connections.isPassword(entry.dn, password, deadline);
  }

  async changePhoneNumbers(user: User, change: PhoneNumberChange): Promise<'done' | 'conflict'> {
    const deadline = this.#connections.newDeadline();
    const entry = await this.#findEntry({ id: user.id }, deadline);
    const changes = entry && phoneNumberChanges(entry, change, this.#settings.phoneAttributes);
    if (entry === undefined || changes === undefined) return 'conflict';
    if (changes.length === 0) return 'done';
    try {
      await this.#connections.asService((client) => client.modify(entry.dn, changes), deadline);
      return 'done';
    } catch (fault) {
      if (fault instanceof DirectoryFault && fault.isAnswer(CHANGED_MEANWHILE)) return 'conflict';
      throw fault;
    }
  }

  /** Resolves where the base can be read under the service account. */
  async health(): Promise<void> {
    const deadline = this.#connections.newDeadline();
    const { baseDn } = this.#settings;
    await this.#connections.asService(
      (client) => client.search(baseDn, { scope: 'base', attributes: ['1.1'] }),
      deadline,
    );
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #findEntry(key: UserKey, deadline: Deadline): Promise<UserEntry | undefined> {
    const search = userSearch(key, this.#settings);
    if (search === undefined) return undefined;
    const { base, notOne, ...asked } = search;
    const options = { ...asked, attributes: userAttributes(this.#settings) };
    try {
      const { searchEntries } = await this.#connections.asService((client) => client.search(base, options), deadline);
      const [entry, ...others] = searchEntries;
      return entry && others.length === 0 ? readEntry(entry) : undefined;
    } catch (fault) {
      if (fault instanceof DirectoryFault && fault.isAnswer(notOne)) return undefined;
      throw fault;
    }
  }
}
