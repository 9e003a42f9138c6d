import type { Deadline } from '../deadline.ts';
import type { Finding, PasswordReport, PhoneSource, UserStore } from '../domain/ports.ts';
import type { User } from '../domain/user.ts';
import { activeDirectorySettings } from './active-directory.ts';
import { Connections } from './connections.ts';
import { examineDirectory } from './diagnostics.ts';
import { DirectoryFault, type ResultCodeName } from './directory-fault.ts';
import { sameDn } from './distinguished-name.ts';
import {
  type ActiveDirectoryOptions,
  checkActiveDirectoryOptions,
  checkLdapOptions,
  type LdapUserStoreOptions,
} from './ldap-options.ts';
import { type LdapSettings, ldapSettings } from './ldap-settings.ts';
import { People } from './people.ts';
import { examinePhoneAttributes } from './phone-attributes.ts';
import { type PhoneNumberChange, phoneNumberChanges, phoneSource, type UserEntry } from './user-entry.ts';
import { listEntries, type UserKey } from './user-search.ts';
import { examineOwnRights } from './write-access.ts';

/** The entry is no longer as it was read. */
const CHANGED_MEANWHILE: readonly ResultCodeName[] = ['noSuchAttribute', 'attributeOrValueExists', 'noSuchObject'];
/** The directory's own rules forbid this value, or this attribute in this entry, for good. */
const REFUSED: readonly ResultCodeName[] = ['constraintViolation', 'invalidAttributeSyntax', 'objectClassViolation'];

/** Facts of a user who was just found. */
interface Lookup {
  readonly dn: string;
  /** The time that is left for what is asked next. */
  readonly deadline: Deadline;
}

/**
 * People, passwords and numbers in an LDAP directory. A person is exactly one entry; every rejection is a
 * `DirectoryFault` and comes within `timeoutSeconds`.
 */
export class LdapUserStore implements UserStore {
  readonly #settings: LdapSettings;
  readonly #connections: Connections;
  readonly #people: People;
  readonly #found = new WeakMap<User, Lookup>();
  readonly #reports = new WeakMap<User, PasswordReport>();
  readonly #phoneSources = new WeakMap<User, PhoneSource>();
  readonly maxNumbers?: number;

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
    this.#connections = new Connections(settings.connection);
    this.#people = new People(settings, this.#connections);
    if (settings.maxNumbers !== undefined) this.maxNumbers = settings.maxNumbers;
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
    const found = await this.#people.find(key, deadline);
    if (found === undefined) return undefined;
    this.#found.set(found.user, { dn: found.entry.dn, deadline });
    return this.#withSource(found.user, found.entry);
  }

  /** With the `findUser` that gave the user a moment ago it takes no longer than one call may. */
  async checkPassword(user: User, password: string): Promise<boolean> {
    if (!mayBePassword(password)) return false;
    const lookup = this.#found.get(user);
    const isFresh = lookup !== undefined && !lookup.deadline.isOver;
    const deadline = isFresh ? lookup.deadline.part(1) : this.#connections.newDeadline();
    const dn = isFresh ? lookup.dn : await this.#dnOf(user, deadline);
    if (dn === undefined || dn === '') return false;
    const { isAccepted, report } = await this.#verify(user, { dn, isFresh }, password, deadline);
    this.#reports.set(user, report);
    return isAccepted && !(report.refusal === 'mustChange' && this.#settings.refusesMustChange);
  }

  /** Why this very user's last password was refused, and what the directory warned of. For events only. */
  passwordReport(user: User): PasswordReport | undefined {
    return this.#reports.get(user);
  }

  async changePhoneNumbers(user: User, change: PhoneNumberChange): Promise<'done' | 'conflict' | 'refused'> {
    const deadline = this.#connections.newDeadline();
    const { entry } = (await this.#people.find({ id: user.id }, deadline)) ?? {};
    const changes = entry && phoneNumberChanges(entry, change, this.#settings.phoneAttributes);
    if (entry === undefined || changes === undefined) return 'conflict';
    if (changes.length === 0) return 'done';
    try {
      await this.#connections.modify(entry.dn, changes, deadline);
      return 'done';
    } catch (fault) {
      if (!(fault instanceof DirectoryFault)) throw fault;
      if (fault.hasCode(REFUSED)) return 'refused';
      if (!fault.hasCode(CHANGED_MEANWHILE)) throw fault;
      const isRoomLacking =
        fault.hasCode(['attributeOrValueExists']) && !(await this.#holds(user, change.add, deadline));
      return isRoomLacking ? 'refused' : 'conflict';
    }
  }

  /** Resolves if the base can be read under the service account. */
  async health(): Promise<void> {
    const deadline = this.#connections.newDeadline();
    await this.#connections.search(this.#settings.baseDn, { scope: 'base', attributes: ['1.1'] }, deadline);
  }

  async *users(): AsyncGenerator<User> {
    for await (const entry of listEntries(this.#settings)) {
      yield this.#withSource(await this.#people.read(entry, this.#connections.newDeadline()), entry);
    }
  }

  phoneSource(user: User): PhoneSource | undefined {
    return this.#phoneSources.get(user);
  }

  examine({ mustWrite }: { readonly mustWrite: boolean }): AsyncIterable<Finding> {
    return examineDirectory(this.#settings, this.#people, mustWrite);
  }

  async examinePerson(user: User): Promise<Finding> {
    const found = await this.#people.find({ id: user.id }, this.#connections.newDeadline());
    return examinePhoneAttributes(this.#settings, found?.entry);
  }

  async examineOwnRights(user: User, password: string): Promise<Finding> {
    const found = await this.#people.find({ id: user.id }, this.#connections.newDeadline());
    return examineOwnRights(this.#settings, found?.entry, password);
  }

  /** Waits for what runs; what waits, or comes later, is rejected. */
  async close(): Promise<void> {
    await this.#connections.close();
  }

  #withSource(user: User, entry: UserEntry): User {
    this.#phoneSources.set(user, phoneSource(entry, this.#settings));
    return user;
  }

  async #dnOf({ id }: User, deadline: Deadline): Promise<string | undefined> {
    return (await this.#people.find({ id }, deadline))?.entry.dn;
  }

  /** A refusal may only mean that the entry has another DN by now. */
  async #verify(user: User, { dn, isFresh }: { dn: string; isFresh: boolean }, password: string, deadline: Deadline) {
    const outcome = await this.#connections.verifyPassword(dn, password, deadline);
    if (outcome.isAccepted || !isFresh) return outcome;
    const now = await this.#dnOf(user, deadline);
    return now === undefined || now === '' || sameDn(now, dn)
      ? outcome
      : this.#connections.verifyPassword(now, password, deadline);
  }

  /** Servers answer the same to a value that is there and to a second value of a single-valued attribute. */
  async #holds({ id }: User, number: string | undefined, deadline: Deadline): Promise<boolean> {
    const { entry } = (await this.#people.find({ id }, deadline)) ?? {};
    const values = this.#settings.phoneAttributes.flatMap((attribute) => entry?.values(attribute) ?? []);
    return number !== undefined && values.some((value) => digitsOf(value) === digitsOf(number));
  }
}

function digitsOf(value: string): string {
  return value.replace(/\D/g, '');
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
