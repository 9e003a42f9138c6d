import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import type { Finding } from '../../lib/domain/ports.ts';
import type { LdapUserStoreOptions } from '../../lib/ldap/ldap-options.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { startDirectory } from '../../lib/simulator/directory/directory.ts';
import { useClosing } from '../support/closing.ts';
import { collect, complaints, findingOf } from '../support/findings.ts';
import { ADA, ldifPeople, person } from '../support/ldif-people.ts';
import { requirePeer } from '../support/peers.ts';
import { ACCESS, type Slapd, startSlapd } from '../support/slapd.ts';

const SERVICE = 'dn.exact="cn=service,dc=example,dc=org"';
const READ_ONLY = `access to * by ${SERVICE} read`;
const SELF_SERVICE = `
access to attrs=mobile by ${SERVICE} write by self write
access to * by ${SERVICE} read`;

describe('the examination of a directory', () => {
  const keep = useClosing();
  let slapd: Slapd;

  before(async function () {
    requirePeer(this, 'slapd');
    slapd = await startSlapd(ADA);
  });

  after(() => slapd?.close());

  function open(changes: Partial<LdapUserStoreOptions> = {}, server = slapd): LdapUserStore {
    const { url, baseDn, bindDn, bindPassword } = server;
    return keep(new LdapUserStore({ url, baseDn, bindDn, bindPassword, ...changes }));
  }

  const examine = (changes: Partial<LdapUserStoreOptions> = {}, mustWrite = false) =>
    collect(open(changes).examine({ mustWrite }));

  async function examineRightsOfAda(server: Slapd, password: string): Promise<readonly Finding[]> {
    const store = open({}, server);
    const user = await store.findUser({ username: 'ada' });
    if (user === undefined) throw new Error('There is no ada.');
    return [...(await collect(store.examine({ mustWrite: true }))), await store.examineOwnRights(user, password)];
  }

  it('finds nothing wrong with a good one', async () => {
    const findings = await examine({}, true);
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.map(({ check }) => check.split(' ').at(-1))).to.deep.equal([
      'TCP',
      'TLS',
      'bind',
      'search',
      'id',
      'writing',
    ]);
  });

  it('asks whether it is a directory that closes the connection', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    keep(server);
    const { port } = server.address() as AddressInfo;
    const { detail, remedy } = findingOf(await examine({ url: `ldap://127.0.0.1:${port}` }), 'bind');
    expect(detail).to.equal(`The connection to 127.0.0.1:${port} was lost`);
    expect(remedy).to.contain('Is it an LDAP server');
  });

  for (const way of ['TLS', 'StartTLS'] as const) {
    it(`tells of the certificate over ${way}`, async () => {
      const url = way === 'TLS' ? slapd.secureUrl : slapd.url;
      const findings = await examine({ url, startTls: way === 'StartTLS', tls: { ca: slapd.ca } });
      expect(complaints(findings)).to.deep.equal([]);
      expect(findingOf(findings, ' TLS').detail).to.match(/^\d+ days left/);
    });

    it(`refuses a certificate of an unknown authority over ${way}, and never binds`, async () => {
      const url = way === 'TLS' ? slapd.secureUrl : slapd.url;
      const findings = await examine({ url, startTls: way === 'StartTLS' });
      expect(findings.at(-1)).to.include({ status: 'failed' });
      expect(findings.at(-1)?.check).to.match(/ TLS$/);
      expect(findings.at(-1)?.remedy).to.contain('tls.ca');
    });
  }

  it('refuses a certificate for another name', async () => {
    const tls = { ca: slapd.ca, servername: 'ldap.example.org' };
    const findings = await examine({ url: slapd.secureUrl, tls });
    expect(findings.at(-1)?.detail).to.contain('ERR_TLS_CERT_ALTNAME_INVALID').and.contain('DNS:localhost');
  });

  it('says that a server does not offer StartTLS', async () => {
    const directory = await startDirectory();
    const findings = await examine({ url: directory.url, startTls: true });
    await directory.close();
    expect(findings.at(-1)?.check).to.match(/ TLS$/);
    expect(findings.at(-1)?.status).to.equal('failed');
  });

  it('goes on with the next server after one that is down', async () => {
    const findings = await examine({ url: ['ldap://127.0.0.1:1', slapd.url] });
    expect(complaints(findings)).to.deep.equal(['failed LDAP 127.0.0.1:1 TCP']);
    expect(findings.at(-1)).to.include({ status: 'ok' });
  });

  it('says that a server does not answer', async () => {
    const directory = await startDirectory();
    directory.behave({ do: 'silence' });
    const findings = await examine({ url: directory.url, timeoutSeconds: 1 });
    await directory.close();
    expect(findings.at(-1)).to.include({ status: 'failed' });
    expect(findings.at(-1)?.detail).to.contain('did not answer in time');
  });

  it('says that the password of the service account is wrong, and shows it to nobody', async () => {
    const findings = await examine({ bindPassword: 'a-wrong-password' }, true);
    const { detail, remedy } = findingOf(findings, 'bind');
    expect(detail).to.equal('answered InvalidCredentialsError (49)');
    expect(remedy).to.contain('bindPassword');
    expect(JSON.stringify(findings)).to.not.contain('a-wrong-password');
  });

  it('says that the base is not there', async () => {
    const { check, status, remedy } = (await examine({ baseDn: 'ou=nobody,dc=example,dc=org' })).at(-1) ?? {};
    expect(check).to.match(/ search$/);
    expect(status).to.equal('failed');
    expect(remedy).to.contain('baseDn');
  });

  it('says that a port spoken to in clear wants TLS', async () => {
    const { status, remedy } = (await examine({ url: slapd.secureUrl.replace('ldaps:', 'ldap:') })).at(-1) ?? {};
    expect(status).to.equal('failed');
    expect(remedy).to.contain('ldaps://');
  });

  for (const [resultCode, word] of [
    [3, 'time limit'],
    [8, 'ldaps://'],
    [10, 'name the one that does'],
    [11, 'index'],
    [13, 'ldaps://'],
    [50, 'right to search'],
    [80, 'administrator'],
  ] as const) {
    it(`says what to do if a search is answered by ${resultCode}`, async () => {
      const directory = keep(await startDirectory());
      directory.behave({ at: 'search', do: 'answer', resultCode });
      const { url, baseDn } = directory;
      const account = { bindDn: 'cn=service,dc=example,dc=org', bindPassword: 'service' };
      const { detail, remedy } = (await examine({ url, baseDn, ...account })).at(-1) ?? {};
      expect(detail)
        .to.match(/^answered \w+Error \(\d+\)$/)
        .and.not.to.contain('Unknown');
      expect(remedy).to.contain(word);
    });
  }

  for (const resultCode of [1, 48, 50, 53]) {
    it(`says that an account is wanted if a search without one is answered by ${resultCode}`, async () => {
      const directory = keep(await startDirectory());
      directory.behave({ at: 'search', do: 'answer', resultCode });
      const { url, baseDn } = directory;
      const store = keep(new LdapUserStore({ url, baseDn }));
      const { detail, remedy } = (await collect(store.examine({ mustWrite: false }))).at(-1) ?? {};
      expect(detail).to.match(/^answered \w+ \(\d+\)$/);
      expect(remedy).to.contain('set bindDn');
    });
  }

  it('says of a list that ends in a referral which server to name', async () => {
    const { url, baseDn, behave } = keep(await startDirectory());
    const findings: Finding[] = [];
    for await (const finding of open({ url, baseDn }).examine({ mustWrite: false })) {
      findings.push(finding);
      if (finding.check.endsWith(' search')) behave({ at: 'search', do: 'refer', urls: ['ldap://other.example.org/'] });
    }
    expect(findingOf(findings, 'LDAP list').remedy).to.contain('name the one that does');
  });

  it('warns of the ports of a global catalog, which does not show all attributes', async () => {
    for (const port of [3268, 3269]) {
      const url = `ldap://127.0.0.1:${port}`;
      const warned = (await examine({ url })).find(({ check }) => check.endsWith('catalog'));
      expect(warned).to.include({ status: 'warning' });
    }
  });

  describe('of one person', () => {
    const NO_NUMBERS = `access to attrs=mobile by * none\naccess to * by ${SERVICE} read`;

    async function examinePerson(server: Slapd, phoneAttribute: string | readonly string[]): Promise<Finding> {
      const store = open({ phoneAttribute }, server);
      const user = await store.findUser({ username: 'ada' });
      return store.examinePerson(user ?? expect.fail('There is no ada.'));
    }

    it('tells a number from none, from a wrong attribute and from a missing right', async () => {
      expect(await examinePerson(slapd, ['phoneNumberVerified', 'mobile'])).to.include({
        status: 'ok',
        detail: 'phoneNumberVerified: no value; mobile: 1 value',
      });
      expect(await examinePerson(slapd, 'phoneNumberVerified')).to.deep.include({ status: 'failed' });
      const wrong = await examinePerson(slapd, 'handy');
      expect(wrong.detail).to.equal('handy: not an attribute of this directory');
      expect(wrong.remedy).to.contain('phoneAttribute');
      const strict = keep(await startSlapd(ADA, '', NO_NUMBERS));
      const hidden = await examinePerson(strict, 'mobile');
      expect(hidden.detail).to.equal('mobile: may not be read');
      expect(hidden.remedy).to.contain('read');
    });
  });

  describe('of rights', () => {
    it('sees that the service account may write and a person may not, and leaves the entry as it was', async () => {
      const findings = await examineRightsOfAda(slapd, 'lovelace');
      expect(complaints(findings)).to.deep.equal([]);
      expect(findingOf(findings, 'own rights').status).to.equal('ok');
      expect((await open().findUser({ username: 'ada' }))?.phoneNumbers).to.deep.equal(['+46701740605']);
    });

    it('sees that the service account may not write', async () => {
      const server = await startSlapd(ADA, '', READ_ONLY);
      const findings = await examineRightsOfAda(server, 'lovelace');
      await server.close();
      expect(complaints(findings)).to.deep.equal(['failed LDAP writing']);
    });

    it('sees that the service account may write others, though the first of the list are protected', async () => {
      const administrator = (name: string): string =>
        `dn: uid=${name},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: ${name}\ncn: ${name}\nsn: ${name}\n`;
      const people = [administrator('root'), administrator('operator'), ADA].join('\n');
      const isProtected = 'access to dn.regex="^uid=(root|operator)," attrs=mobile by * read';
      const server = keep(await startSlapd(people, '', `${isProtected}\n${ACCESS}`));
      const findings = await examineRightsOfAda(server, 'lovelace');
      expect(complaints(findings)).to.deep.equal([]);
      expect(findingOf(findings, 'LDAP writing').detail).to.contain('of 1 of the first 3 people');
    });

    it('sees the right to write where the schema is hidden, and where there is none, as in the simulator', async () => {
      const hidden = 'access to dn.base="cn=Subschema" by * none\naccess to dn.base="" by * none';
      const strict = keep(await startSlapd(ADA, hidden));
      const { url, baseDn } = keep(await startDirectory());
      for (const changes of [
        { url: strict.url, baseDn: strict.baseDn },
        { url, baseDn },
      ]) {
        expect(findingOf(await examine(changes, true), 'LDAP writing')).to.include({ status: 'ok' });
      }
    });

    it('says that it cannot be tried while the directory is busy', async () => {
      const directory = keep(await startDirectory());
      const { url, baseDn } = directory;
      const findings: Finding[] = [];
      for await (const finding of open({ url, baseDn }).examine({ mustWrite: true })) {
        findings.push(finding);
        if (finding.check === 'LDAP id') directory.behave({ at: 'search', do: 'answer', resultCode: 51 });
      }
      expect(findingOf(findings, 'LDAP writing').status).to.equal('skipped');
      expect(findingOf(findings, 'LDAP writing').detail).to.contain('BusyError (51)');
    });

    it('does not call it a fault of people’s rights that a directory takes no writes', async () => {
      const directory = keep(await startDirectory());
      directory.behave({ at: 'modify', do: 'answer', resultCode: 53 });
      const { url, baseDn } = directory;
      const store = open({ url, baseDn });
      const user = (await store.findUser({ username: 'ada' })) ?? expect.fail('There is no ada.');
      expect(await store.examineOwnRights(user, 'lovelace')).to.deep.equal({
        check: 'LDAP own rights',
        status: 'skipped',
        detail: 'it cannot be tried: no server in url takes writes',
      });
      const findings = await collect(store.examine({ mustWrite: true }));
      expect(findingOf(findings, 'LDAP writing').remedy).to.contain('turn enrollment off');
    });

    it('warns if people may write their own numbers', async () => {
      const server = await startSlapd(ADA, '', SELF_SERVICE);
      const findings = await examineRightsOfAda(server, 'lovelace');
      const numbers = (await open({}, server).findUser({ username: 'ada' }))?.phoneNumbers;
      await server.close();
      expect(complaints(findings)).to.deep.equal(['warning LDAP own rights']);
      expect(findingOf(findings, 'own rights').detail).to.contain('own mobile:');
      expect(numbers).to.deep.equal(['+46701740605']);
    });

    it('says that it cannot be tried with a wrong password', async () => {
      for (const password of ['a-wrong-password', '']) {
        const findings = await examineRightsOfAda(slapd, password);
        expect(findingOf(findings, 'own rights').status).to.equal('skipped');
        expect(JSON.stringify(findings)).to.not.contain('a-wrong-password');
      }
    });
  });

  describe('lists people', () => {
    const names = Array.from({ length: 600 }, (_, place) => person(place).username);

    async function list(settings: string) {
      const server = await startSlapd(ldifPeople(names.length), settings);
      const found: string[] = [];
      const fault = await (async () => {
        for await (const { username } of open({}, server).users()) found.push(username);
      })().catch((error: unknown) => String(error));
      await server.close();
      return { found, fault };
    }

    it('over several pages', async () => {
      const { found, fault } = await list('sizelimit unlimited');
      expect(fault).to.equal(undefined);
      expect(found.sort()).to.deep.equal(names.sort());
    });

    it('and rejects if the server lists no more', async () => {
      const { found, fault } = await list('sizelimit 300');
      expect(found).to.have.length(300);
      expect(fault).to.contain('SizeLimitExceeded');
    });
  });
});
