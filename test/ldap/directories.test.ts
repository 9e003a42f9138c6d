import { expect } from 'chai';
import type { User } from '../../lib/domain/user.ts';
import type { LdapUserStoreOptions } from '../../lib/ldap/ldap-options.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { startApacheDs } from '../support/apacheds.ts';
import { useClosing } from '../support/closing.ts';
import { bound, type DirectoryPeer, replace } from '../support/directory-peer.ts';
import { mustFind } from '../support/must-find.ts';
import { startNsSlapd } from '../support/ns-slapd.ts';
import { requirePeer } from '../support/peers.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OWN_ID = /^[0-9a-f]{8}(-[0-9a-f]{8}){3}$/;
const PEOPLE = [{ uid: 'ada', mobile: '+46701740605' }, { uid: 'grace' }, { uid: 'reset' }];

describe('LdapUserStore with other directories', function () {
  this.timeout(120_000);
  const keep = useClosing();
  let peer: DirectoryPeer | undefined;

  afterEach(async () => {
    await peer?.close();
    peer = undefined;
  });

  function open(options: Partial<LdapUserStoreOptions> = {}): LdapUserStore {
    const { url, baseDn, bindDn, bindPassword } = peer ?? expect.fail('it has not started');
    return keep(new LdapUserStore({ url, baseDn, bindDn, bindPassword, ...options }));
  }

  async function signsPeopleIn(store: LdapUserStore): Promise<User> {
    const ada = await mustFind(store, 'ada');
    expect(ada).to.deep.include({ username: 'ada', phoneNumbers: ['+46701740605'] });
    expect((await store.findUser({ id: ada.id }))?.id).to.equal(ada.id);
    expect(await store.checkPassword(ada, 'ada-secret')).to.equal(true);
    expect(await store.checkPassword(ada, 'wrong')).to.equal(false);
    expect(store.passwordReport(ada)).to.include({ refusal: 'wrong' });
    const grace = await mustFind(store, 'grace');
    expect(await store.changePhoneNumbers(grace, { add: '+46701740606' })).to.equal('done');
    expect(await store.changePhoneNumbers(grace, { remove: '+46701740606', add: '+46701740607' })).to.equal('done');
    expect((await mustFind(store, 'grace')).phoneNumbers).to.deep.equal(['+46701740607']);
    return ada;
  }

  it('works with 389 Directory Server, which keeps entryUUID while it can be searched', async function () {
    requirePeer(this, '389-ds-base');
    peer = await startNsSlapd(PEOPLE);
    expect((await signsPeopleIn(open())).id).to.match(UUID);
    expect((await signsPeopleInAgain(open({ idAttribute: 'nsUniqueId' }))).id).to.match(OWN_ID);
    expect(await complaints(open())).to.deep.equal([]);
    expect(await idFinding(open()))
      .to.contain('entryUUID; a new installation takes')
      .and.contain('nsUniqueId');
    expect(await idFinding(open({ idAttribute: 'nsUniqueId' }))).to.equal('people are found by nsUniqueId');
    const administrator = await bound(peer.url, 'cn=root', 'root-secret');
    await replace(administrator, 'cn=config', 'passwordMustChange', 'on');
    await replace(administrator, `uid=reset,${peer.baseDn}`, 'userPassword', 'reset-again');
    await administrator.unbind();
    const reset = await mustFind(open(), 'reset');
    const [strict, lenient] = [open(), open({ mustChange: 'allow' })];
    expect(await strict.checkPassword(reset, 'reset-again')).to.equal(false);
    expect(strict.passwordReport(reset)).to.include({ refusal: 'mustChange' });
    expect(await lenient.checkPassword(reset, 'reset-again')).to.equal(true);
  });

  it('works with a large 389 Directory Server that has no index on entryUUID', async function () {
    requirePeer(this, '389-ds-base');
    const crowd = Array.from({ length: 120 }, (_, place) => ({ uid: `p${place}` }));
    peer = await startNsSlapd([...PEOPLE, ...crowd], 50);
    const store = open({ userFilter: '(objectClass=inetOrgPerson)' });
    expect((await signsPeopleIn(store)).id).to.match(OWN_ID);
    expect((await complaints(store)).join()).to.match(/^LDAP list: .*AdminLimitExceededError \(11\)$/);
    const told = open({ idAttribute: 'entryUUID' });
    const fault = await told.findUser({ id: '00000000-0000-4000-8000-000000000000' }).catch((error: unknown) => error);
    expect(fault).to.have.property('remedy').that.contains('index');
  });

  it('works with ApacheDS, also under the second name of an attribute', async function () {
    requirePeer(this, 'apacheds');
    peer = await startApacheDs(PEOPLE);
    expect((await signsPeopleIn(open())).id).to.match(UUID);
    const second = open({ usernameAttribute: 'userid', phoneAttribute: 'mobileTelephoneNumber' });
    expect(await mustFind(second, 'ada')).to.deep.include({ username: 'ada', phoneNumbers: ['+46701740605'] });
    expect(await complaints(open())).to.deep.equal([]);
  });

  async function signsPeopleInAgain(store: LdapUserStore): Promise<User> {
    const ada = await mustFind(store, 'ada');
    expect((await store.findUser({ id: ada.id }))?.id).to.equal(ada.id);
    expect(await store.checkPassword(ada, 'ada-secret')).to.equal(true);
    return ada;
  }
});

async function complaints(store: LdapUserStore): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { check, status, detail } of store.examine({ mustWrite: true })) {
    if (status === 'failed' || status === 'warning') found.push(`${check}: ${detail}`);
  }
  return found;
}

async function idFinding(store: LdapUserStore): Promise<string | undefined> {
  for await (const { check, detail } of store.examine({ mustWrite: false })) if (check === 'LDAP id') return detail;
  return undefined;
}
