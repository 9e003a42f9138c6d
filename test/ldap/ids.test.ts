import { expect } from 'chai';
import { DirectoryFault } from '../../lib/ldap/directory-fault.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { useClosing } from '../support/closing.ts';
import { requirePeer } from '../support/peers.ts';
import { ACCESS, type Slapd, startSlapd } from '../support/slapd.ts';

const SERVICE = 'dn.exact="cn=service,dc=example,dc=org"';
const PEOPLE = String.raw`
dn: ou=Smith\, Jones,ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: Smith, Jones

dn: uid=ada,ou=Smith\, Jones,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ada
cn: Ada
sn: Lovelace
userPassword: ada-secret
mobile: +46701740605
`;

describe('the id of a person in a real slapd', () => {
  const keep = useClosing();

  before(function () {
    requirePeer(this, 'slapd');
    requirePeer(this, 'openssl');
  });

  async function start(access: string): Promise<Slapd> {
    const slapd = await startSlapd(PEOPLE, '', `${access}\n${ACCESS}`);
    keep(slapd);
    return slapd;
  }

  function storeFor({ url, bindDn, bindPassword }: Slapd, baseDn: string): LdapUserStore {
    return keep(new LdapUserStore({ url, baseDn, bindDn, bindPassword }));
  }

  describe('without entryUUID', () => {
    let slapd: Slapd;

    beforeEach(async () => {
      slapd = await start('access to attrs=entryUUID by * none');
    });

    for (const baseDn of [
      String.raw`ou=Smith\, Jones,ou=people,dc=example,dc=org`,
      String.raw`ou=Smith\2C Jones,ou=people,dc=example,dc=org`,
      String.raw`OU = smith\2c  jones , OU=People, DC = Example,dc=org`,
      'ou="Smith, Jones",ou=people,dc=example,dc=org',
      'OU = people,DC=EXAMPLE, dc=org',
    ]) {
      it(`is the DN, also if the base is written as ${baseDn}`, async () => {
        const store = storeFor(slapd, baseDn);
        const ada = (await store.findUser({ username: 'ada' })) ?? expect.fail('not found by name');
        expect(ada.id).to.match(/^uid=ada,/);
        expect((await store.findUser({ id: ada.id }))?.id).to.equal(ada.id);
        expect(await store.checkPassword(ada, 'ada-secret')).to.equal(true);
        expect(await store.checkPassword(ada, 'wrong')).to.equal(false);
      });
    }

    it('means nobody outside the base', async () => {
      const ada = await storeFor(slapd, 'ou=people,dc=example,dc=org').findUser({ username: 'ada' });
      const elsewhere = storeFor(slapd, 'cn=service,dc=example,dc=org');
      expect(await elsewhere.findUser({ id: ada?.id ?? '' })).to.equal(undefined);
    });
  });

  it('is a fault with a remedy, and never "nobody", if it was just read and cannot be searched', async () => {
    const store = storeFor(
      await start(`access to attrs=entryUUID by ${SERVICE} =r by * none`),
      'ou=people,dc=example,dc=org',
    );
    const ada = (await store.findUser({ username: 'ada' })) ?? expect.fail('not found by name');
    const fault: unknown = await store.findUser({ id: ada.id }).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(DirectoryFault);
    expect(fault).to.have.property('message', 'An entry is found by its name, but not by its id.');
    expect(fault).to.have.property('remedy').that.contains('search the id attribute, not only read it');
    expect(await store.findUser({ id: '00000000-0000-4000-8000-000000000000' })).to.equal(undefined);
    const findings = [];
    for await (const finding of store.examine({ mustWrite: false })) findings.push(finding);
    expect(findings.find(({ check }) => check === 'LDAP id')).to.include({ status: 'failed' });
  });
});
