import type { SearchOptions } from 'ldapts';
import { BoundedMap } from '../bounded-map.ts';
import type { Deadline } from '../deadline.ts';
import type { User } from '../domain/user.ts';
import { isBaseOnly, sidTexts } from './active-directory.ts';
import type { Connections } from './connections.ts';
import { DirectoryFault } from './directory-fault.ts';
import { readId } from './id-attribute.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { readEntry, readUser, type UserEntry, userAttributes } from './user-entry.ts';
import { searchAt, type UserKey, type UserSearch, userSearches } from './user-search.ts';

/** A person, with the entry that holds them. */
export interface FoundUser {
  readonly user: User;
  readonly entry: UserEntry;
}

/** Ids that were found by name a short while ago: as many as sign in at once on a busy day. */
const MOST_RECENT = 1000;
const UNINDEXED =
  'Let the directory index the attribute that is searched (equality). On a new installation with 389 Directory Server ' +
  "idAttribute: 'nsUniqueId' needs none.";
const UNSEARCHABLE = 'Let the account (bindDn) search the id attribute, not only read it, and give it an index.';

/** Finds people by name and id. A person is exactly one entry. */
export class People {
  readonly #settings: LdapSettings;
  readonly #connections: Connections;
  /** The DN by id. */
  readonly #recent = new BoundedMap<string, string>(MOST_RECENT);
  /** Whether this directory cannot search `entryUUID`; decided once, by the first entry that also has an id of its own. */
  #usesOwnId: Promise<boolean> | undefined;

  constructor(settings: LdapSettings, connections: Connections) {
    this.#settings = settings;
    this.#connections = connections;
  }

  /** @throws DirectoryFault also if somebody was found by name, and cannot be found again by the id that they have. */
  async find(key: UserKey, deadline: Deadline): Promise<FoundUser | undefined> {
    for (const search of userSearches(key, this.#settings)) {
      const entry = await this.#findOne(search, deadline);
      if (entry === undefined) continue;
      const user = await this.read(entry, deadline);
      if (!('id' in key)) this.#recent.set(user.id, entry.dn);
      return { user, entry };
    }
    if ('id' in key) await this.#assertGone(key.id, deadline);
    return undefined;
  }

  async read(entry: UserEntry, deadline: Deadline): Promise<User> {
    return readUser(entry, this.#settings, await this.#idAttributes(entry, deadline));
  }

  /** Where this id stands in the entry. */
  idAttributeOf(entry: UserEntry, id: string): string {
    const holds = (attribute: string) => entry.bytes(attribute).some((value) => readId(attribute, value) === id);
    return this.#settings.idAttributes.find(holds) ?? 'the DN';
  }

  /**
   * An installation that has ids keeps `entryUUID`. If 389 Directory Server refuses to look for it (it has no index, and
   * there are more entries than it looks through), nobody can have signed in yet: its own id is taken, which has one.
   */
  async #idAttributes(entry: UserEntry, deadline: Deadline): Promise<readonly string[]> {
    const { idAttributes, mayIdBeDn } = this.#settings;
    const [uuid] = entry.values('entryUUID');
    if (!mayIdBeDn || uuid === undefined || entry.values('nsUniqueId').length === 0) return idAttributes;
    this.#usesOwnId ??= this.#isUnsearchable(uuid, deadline).catch((fault: unknown) => {
      this.#usesOwnId = undefined;
      throw fault;
    });
    return (await this.#usesOwnId) ? idAttributes.toReversed() : idAttributes;
  }

  async #isUnsearchable(id: string, deadline: Deadline): Promise<boolean> {
    try {
      for (const search of userSearches({ id }, this.#settings)) await this.#findOne(search, deadline);
      return false;
    } catch (fault) {
      if (fault instanceof DirectoryFault && fault.hasCode(['adminLimitExceeded'])) return true;
      throw fault;
    }
  }

  async #assertGone(id: string, deadline: Deadline): Promise<void> {
    const dn = this.#recent.get(id);
    if (dn === undefined) return;
    const entry = await this.#findOne(searchAt(dn, this.#settings), deadline);
    if (entry !== undefined && (await this.read(entry, deadline)).id === id) {
      throw new DirectoryFault('An entry is found by its name, but not by its id.', undefined, {
        remedy: UNSEARCHABLE,
      });
    }
    this.#recent.delete(id);
  }

  async #findOne({ base, notFoundCodes, ...asked }: UserSearch, deadline: Deadline): Promise<UserEntry | undefined> {
    const options = { ...asked, ...userAttributes(this.#settings) };
    try {
      const { searchEntries } = await this.#connections.search(base, options, deadline);
      const [entry, ...others] = searchEntries;
      if (entry === undefined || others.length > 0) return undefined;
      return readEntry({ ...entry, ...(await this.#readGroups(entry.dn, deadline)) });
    } catch (fault) {
      if (!(fault instanceof DirectoryFault)) throw fault;
      if (fault.hasCode(notFoundCodes)) return undefined;
      if (!fault.hasCode(['adminLimitExceeded'])) throw fault;
      throw new DirectoryFault(fault.message, fault.resultCode, { remedy: UNINDEXED });
    }
  }

  /** The attributes that only a search of the one entry may ask for. */
  async #readGroups(dn: string, deadline: Deadline): Promise<Record<string, string[]>> {
    const attributes = this.#settings.attributes.filter(isBaseOnly);
    if (attributes.length === 0 || dn === '') return {};
    const options: SearchOptions = { scope: 'base', attributes, explicitBufferAttributes: attributes };
    const [entry] = (await this.#connections.search(dn, options, deadline)).searchEntries;
    if (entry === undefined) return {};
    return Object.fromEntries(attributes.map((attribute) => [attribute, sidTexts(entry, attribute)]));
  }
}
