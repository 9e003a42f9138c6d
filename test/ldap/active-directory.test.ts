import { expect } from 'chai';
import type { ActiveDirectoryOptions } from '../../lib/ldap/ldap-options.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import type { AccountSpec, ActiveDirectory, StartActiveDirectory } from '../support/active-directory.ts';
import { useClosing } from '../support/closing.ts';
import { mustFind } from '../support/must-find.ts';
import { requirePeer } from '../support/peers.ts';
import { startSamba } from '../support/samba.ts';
import { startSlapdAsActiveDirectory } from '../support/slapd-as-active-directory.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** In 2001, in 100 ns since 1601. */
const LONG_AGO = '126227808000000000';
const FAR_AWAY = '189367776000000000';

describe('LdapUserStore.forActiveDirectory', () => {
  describe('with a slapd that looks like one', () => {
    before(function () {
      requirePeer(this, 'slapd');
      requirePeer(this, 'openssl');
    });
    behavesLikeActiveDirectory(startSlapdAsActiveDirectory);
  });

  describe('with a real Samba domain controller', function () {
    this.timeout(60_000);
    before(function () {
      requirePeer(this, 'samba');
      requirePeer(this, 'openssl');
      if (process.getuid?.() !== 0) this.skip();
    });
    behavesLikeActiveDirectory(startSamba, true);
  });
});

function accounts(baseDn: string): readonly AccountSpec[] {
  const account = (name: string, more: Partial<AccountSpec> = {}): AccountSpec => ({
    dn: `CN=${name},OU=Staff,${baseDn}`,
    sAMAccountName: name,
    userPrincipalName: `${name}@example.test`,
    password: passwordOf(name),
    ...more,
  });
  return [
    account('ada', { mobile: '+46701740605' }),
    account('ghopper', {
      dn: `CN=Hopper\\, Grace,OU=Night,OU=Staff,${baseDn}`,
      userPrincipalName: 'grace.hopper@corp.test',
      mobile: '0664 1234567',
      country: 'AT',
    }),
    account('disabled', { isDisabled: true }),
    account('expired', { accountExpires: LONG_AGO }),
    account('temporary', { accountExpires: FAR_AWAY }),
    account('eternal', { accountExpires: '0' }),
    account('carol'),
    account('carol2', { userPrincipalName: 'carol@corp.test' }),
  ];
}

function passwordOf(name: string): string {
  return `Secret-of-${name}-1`;
}

/** @param worksOutGroups whether it fills in `tokenGroups`, as only a real one does */
function behavesLikeActiveDirectory(start: StartActiveDirectory, worksOutGroups = false): void {
  const keep = useClosing();
  let directory: ActiveDirectory | undefined;

  before(async () => {
    directory = await start(accounts);
  });

  after(() => directory?.close());

  function storeWith(options: Partial<ActiveDirectoryOptions> = {}): LdapUserStore {
    const { url, ca, baseDn, bindDn, bindPassword } = directory ?? expect.fail('it has not started');
    return keep(LdapUserStore.forActiveDirectory({ url, tls: { ca }, baseDn, bindDn, bindPassword, ...options }));
  }

  it('lists the people whose account can be used', async () => {
    const names: string[] = [];
    for await (const { username } of storeWith().users()) names.push(username);
    expect(names).to.include.members(['ada', 'ghopper', 'temporary', 'eternal', 'carol', 'carol2']);
    for (const name of ['disabled', 'expired']) expect(names).to.not.include(name);
  });

  it('finds a person by account name, domain and account name, or principal name', async () => {
    const store = storeWith();
    const ada = await mustFind(store, 'ada');
    const { passwordChangedAt: _, ...rest } = ada;
    expect({ ...rest, id: '' }).to.deep.equal({
      id: '',
      username: 'ada',
      displayName: 'ada',
      phoneNumbers: ['+46701740605'],
    });
    for (const name of ['ADA', 'EXAMPLE\\ada', 'ada@example.test', 'Ada@Example.TEST']) {
      expect(await store.findUser({ username: name }), name).to.deep.equal(ada);
    }
  });

  it('finds a person by the GUID, which it shows as the usual text', async () => {
    const store = storeWith();
    const [ada, grace] = [await mustFind(store, 'ada'), await mustFind(store, 'ghopper')];
    expect(ada.id).to.match(GUID);
    expect(ada.id).not.to.equal(grace.id);
    expect(await store.findUser({ id: ada.id })).to.deep.equal(ada);
    expect(await store.findUser({ id: ada.id.toUpperCase() })).to.deep.equal(ada);
    for (const id of ['ada', '*', '00000000-0000-4000-8000-000000000000', 'CN=ada']) {
      expect(await store.findUser({ id }), id).to.equal(undefined);
    }
  });

  it('finds the same person by the same id without being told of Active Directory', async () => {
    const { url, ca, baseDn, bindDn, bindPassword } = directory ?? expect.fail();
    const options = { url, tls: { ca }, baseDn, bindDn, bindPassword, usernameAttribute: 'sAMAccountName' };
    const plain = keep(new LdapUserStore({ ...options, idAttribute: 'objectGUID' }));
    const ada = await mustFind(storeWith(), 'ada');
    expect((await mustFind(plain, 'ada')).id).to.equal(ada.id);
    expect((await plain.findUser({ id: ada.id }))?.username).to.equal('ada');
  });

  it('knows a suffix that is left off or added, if it was told of it', async () => {
    const store = storeWith({ upnSuffixes: ['example.test', 'corp.test'] });
    const grace = await mustFind(store, 'ghopper');
    const names = ['grace.hopper', 'grace.hopper@corp.test', 'ghopper@corp.test', 'GHOPPER@CORP.TEST'];
    for (const name of names) expect(await store.findUser({ username: name }), name).to.deep.equal(grace);
    expect(await storeWith().findUser({ username: 'grace.hopper' })).to.equal(undefined);
    expect(await storeWith().findUser({ username: 'ghopper@corp.test' })).to.equal(undefined);
  });

  it('finds nobody by a name that is one person’s account and another’s principal name', async () => {
    const store = storeWith({ upnSuffixes: ['corp.test'] });
    expect(await store.findUser({ username: 'carol' })).to.equal(undefined);
    expect((await mustFind(storeWith(), 'carol')).username).to.equal('carol');
    expect((await mustFind(storeWith(), 'carol@corp.test')).username).to.equal('carol2');
  });

  it('finds enabled accounts only, and those whose time has not come', async () => {
    const store = storeWith();
    for (const name of ['disabled', 'expired']) expect(await store.findUser({ username: name })).to.equal(undefined);
    for (const name of ['temporary', 'eternal']) expect((await mustFind(store, name)).username).to.equal(name);
  });

  it('takes the characters of a filter literally', async () => {
    const store = storeWith({ upnSuffixes: ['example.test'] });
    for (const username of ['*', 'ad*', 'EXAMPLE\\*', 'EXAMPLE\\', '\\', '@', '@example.test', '*)(cn=*', 'a@b@c']) {
      expect(await store.findUser({ username }), username).to.equal(undefined);
    }
  });

  it('checks a password, also of a person in a nested unit with a comma in the name', async () => {
    const store = storeWith();
    for (const name of ['ada', 'ghopper']) {
      const user = await mustFind(store, name);
      expect(await store.checkPassword(user, passwordOf(name)), name).to.equal(true);
      expect(await store.checkPassword(user, 'wrong'), name).to.equal(false);
      expect(await store.checkPassword(user, ''), name).to.equal(false);
    }
  });

  it('holds one number of each person, unless the attribute can hold several', async () => {
    expect(storeWith().maxNumbers).to.equal(1);
    expect(storeWith({ phoneAttribute: ['mobile', 'otherMobile'] }).maxNumbers).to.equal(undefined);
  });

  it('tells the country of a person, in which a national number is read', async () => {
    const grace = await mustFind(storeWith(), 'ghopper');
    expect(grace).to.deep.include({ country: 'AT', phoneNumbers: ['0664 1234567'] });
    expect(await mustFind(storeWith(), 'ada')).to.not.have.property('country');
  });

  it('finds people if the attributes of a single search are asked for', async () => {
    const store = storeWith({ attributes: ['tokenGroups', 'cn'] });
    const { attributes = {} } = await mustFind(store, 'ada');
    expect(attributes.cn).to.deep.equal(['ada']);
    const { tokenGroups = [] } = attributes;
    if (worksOutGroups) expect(tokenGroups).to.not.deep.equal([]);
    for (const sid of tokenGroups) expect(sid).to.match(/^S-1-5-/);
  });

  it('replaces a number in one step, and says conflict if it is gone', async () => {
    const store = storeWith();
    const ada = await mustFind(store, 'ada');
    const change = { remove: '+46701740605', add: '+46701740699' };
    expect(await store.changePhoneNumbers(ada, change)).to.equal('done');
    expect((await mustFind(store, 'ada')).phoneNumbers).to.deep.equal(['+46701740699']);
    expect(await store.changePhoneNumbers(ada, change)).to.equal('conflict');
    const back = { remove: '+46701740699', add: '+46701740605' };
    expect(await store.changePhoneNumbers(ada, back)).to.equal('done');
  });
}
