import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { PasswordReport } from '../../lib/domain/ports.ts';
import type { LdapUserStoreOptions } from '../../lib/ldap/ldap-options.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { useClosing } from '../support/closing.ts';
import { mustFind } from '../support/must-find.ts';
import { requirePeer } from '../support/peers.ts';
import { ACCESS, type Slapd, startSlapd } from '../support/slapd.ts';

const POLICY = `
dn: cn=policy,dc=example,dc=org
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdMustChange: TRUE
pwdLockout: TRUE
pwdMaxFailure: 3
pwdMaxAge: 8640000
pwdExpireWarning: 8630000
pwdGraceAuthNLimit: 2
`;
const BASE = 'dc=example,dc=org';
const PEOPLE = `ou=people,${BASE}`;

describe('LdapUserStore with slapd and its overlays', () => {
  const keep = useClosing();

  before(function () {
    requirePeer(this, 'slapd');
    requirePeer(this, 'openssl');
  });

  async function start(ldif: string | undefined, settings: string, database: string): Promise<Slapd> {
    const slapd = await startSlapd(ldif, settings, `${ACCESS}\n${database}`);
    keep(slapd);
    return slapd;
  }

  function storeFor({ url, baseDn, bindDn, bindPassword }: Slapd, options: Partial<LdapUserStoreOptions> = {}) {
    return keep(new LdapUserStore({ url, baseDn, bindDn, bindPassword, ...options }));
  }

  describe('ppolicy', () => {
    let slapd: Slapd;

    beforeEach(async () => {
      const yesterday = generalizedTime(Date.now() - 86_400_000);
      const people = [
        POLICY,
        person('ada', `pwdChangedTime: ${yesterday}`),
        person('reset', 'pwdReset: TRUE'),
        person('locked', 'pwdAccountLockedTime: 000001010000Z'),
        person('old', 'pwdChangedTime: 20200101000000Z'),
        person(
          'ancient',
          'pwdChangedTime: 20200101000000Z\npwdGraceUseTime: 20210101000000Z\npwdGraceUseTime: 20210102000000Z',
        ),
      ];
      const overlay = `overlay ppolicy\nppolicy_default "cn=policy,${BASE}"\nppolicy_use_lockout`;
      slapd = await start(people.join('\n'), 'moduleload ppolicy', overlay);
    });

    async function check(store: LdapUserStore, name: string, password = `${name}-secret`): Promise<Checked> {
      const user = await mustFind(store, name);
      const isRight = await store.checkPassword(user, password);
      return { isRight, ...store.passwordReport(user) };
    }

    it('refuses a person who must change their password first, unless told otherwise', async () => {
      expect(await check(storeFor(slapd), 'reset')).to.deep.equal({ isRight: false, refusal: 'mustChange' });
      expect(await check(storeFor(slapd, { mustChange: 'allow' }), 'reset')).to.include({ isRight: true });
      expect(await check(storeFor(slapd, { mustChange: 'allow' }), 'reset', 'wrong')).to.include({ isRight: false });
    });

    it('tells for the event why a password was refused', async () => {
      const store = storeFor(slapd);
      expect(await check(store, 'ada', 'wrong')).to.deep.equal({ isRight: false, refusal: 'wrong' });
      expect(await check(store, 'locked')).to.deep.equal({ isRight: false, refusal: 'locked' });
      expect(await check(store, 'ancient')).to.deep.equal({ isRight: false, refusal: 'expired' });
    });

    it('tells for the event what the directory warns of', async () => {
      const store = storeFor(slapd);
      expect(await check(store, 'old')).to.deep.equal({ isRight: true, graceLoginsRemaining: 1 });
      const { isRight, expiresInSeconds } = await check(store, 'ada');
      expect(isRight).to.equal(true);
      expect(expiresInSeconds).to.be.within(8_500_000, 8_640_000);
    });

    it('knows when a password was changed', async () => {
      const { passwordChangedAt } = await mustFind(storeFor(slapd), 'old');
      expect(passwordChangedAt?.toISOString()).to.equal('2020-01-01T00:00:00.000Z');
    });

    it('says that the own rights of a person who must change the password cannot be tried', async () => {
      const store = storeFor(slapd);
      const { status, detail } = await store.examineOwnRights(await mustFind(store, 'reset'), 'reset-secret');
      expect(status).to.equal('skipped');
      expect(detail).to.contain('change');
    });
  });

  describe('rules about values', () => {
    it('says refused to a number that somebody else has (unique)', async () => {
      const people = [person('ada', 'mobile: +46701740605'), person('grace')].join('\n');
      const overlay = `rootdn "cn=root,${BASE}"\noverlay unique\nunique_uri "ldap:///${PEOPLE}?mobile?sub"`;
      const store = storeFor(await start(people, 'moduleload unique', overlay), { phoneAttribute: 'mobile' });
      const grace = await mustFind(store, 'grace');
      expect(await store.changePhoneNumbers(grace, { add: '+46701740605' })).to.equal('refused');
      expect(await store.changePhoneNumbers(grace, { add: '+46701740606' })).to.equal('done');
    });

    it('says refused to a number that the directory does not want (constraint), and sees the right to write', async () => {
      const overlay = 'overlay constraint\nconstraint_attribute mobile regex ^[+]46[0-9]+$';
      const slapd = await start(person('ada'), 'moduleload constraint', overlay);
      const store = storeFor(slapd, { phoneAttribute: 'mobile' });
      const ada = await mustFind(store, 'ada');
      expect(await store.changePhoneNumbers(ada, { add: '+15417543010' })).to.equal('refused');
      expect(await store.changePhoneNumbers(ada, { add: '+46701740605' })).to.equal('done');
      expect(await statusOfWriting(store)).to.equal('ok');
    });

    it('says refused if the entry can have no such attribute, and the doctor says so before', async () => {
      const posix = `
dn: uid=ada,${PEOPLE}
objectClass: account
objectClass: posixAccount
uid: ada
cn: ada
uidNumber: 1
gidNumber: 1
homeDirectory: /home/ada
`;
      const store = storeFor(await start(posix, 'include /etc/ldap/schema/nis.schema', ''), {
        phoneAttribute: 'mobile',
      });
      const ada = await mustFind(store, 'ada');
      expect(await store.changePhoneNumbers(ada, { add: '+46701740605' })).to.equal('refused');
      expect(await statusOfWriting(store)).to.equal('failed');
    });
  });

  it('narrows people by their groups (memberof)', async () => {
    const group = `
dn: cn=staff,${BASE}
objectClass: groupOfNames
cn: staff
member: uid=ada,${PEOPLE}
`;
    const people = [person('ada', `memberOf: cn=staff,${BASE}`), person('grace'), group].join('\n');
    const slapd = await start(people, 'moduleload memberof', 'overlay memberof');
    const store = storeFor(slapd, { userFilter: `(memberOf=cn=staff,${BASE})`, attributes: ['memberOf'] });
    expect((await mustFind(store, 'ada')).attributes).to.deep.equal({ memberOf: [`cn=staff,${BASE}`] });
    expect(await store.findUser({ username: 'grace' })).to.equal(undefined);
  });

  for (const [how, updateref] of [
    ['names the provider', true],
    ['says no more', false],
  ] as const) {
    it(`writes to the provider if a copy refuses and ${how}`, async () => {
      const root = `rootdn "cn=root,${BASE}"\nrootpw root\noverlay syncprov`;
      const provider = await start(person('ada'), 'moduleload syncprov', root);
      const syncrepl = `syncrepl rid=1 provider=${provider.url} type=refreshAndPersist retry="1 +" searchbase="${BASE}" bindmethod=simple binddn="cn=root,${BASE}" credentials=root`;
      const copy = await start(
        undefined,
        '',
        `rootdn "cn=root,${BASE}"\n${syncrepl}${updateref ? `\nupdateref ${provider.url}` : ''}`,
      );
      const reading = storeFor(copy);
      const ada = await eventually(() => reading.findUser({ username: 'ada' }));
      expect(await reading.checkPassword(ada, 'ada-secret')).to.equal(true);
      const alone = await reading.changePhoneNumbers(ada, { add: '+46701740605' }).catch((fault: unknown) => fault);
      expect(alone).to.have.property('remedy').that.contains('takes writes');
      expect((await reading.findUser({ id: ada.id }))?.phoneNumbers).to.deep.equal([]);
      const both = storeFor(copy, { url: [copy.url, provider.url] });
      for (const add of ['+46701740605', '+46701740606']) {
        expect(await both.changePhoneNumbers(ada, { add })).to.equal('done');
        await eventually(async () =>
          (await both.findUser({ id: ada.id }))?.phoneNumbers.includes(add) ? true : undefined,
        );
      }
      expect(await statusOfWriting(both)).to.equal('ok');
      expect(await statusOfWriting(reading)).to.equal('failed');
    });
  }

  for (const limits of ['size.pr=50', 'size.prtotal=disabled']) {
    it(`lists people if the limits say ${limits}`, async () => {
      const people = Array.from({ length: 60 }, (_, place) => person(`p${place}`));
      const store = storeFor(await start(people.join('\n'), '', `limits users ${limits}`));
      const names: string[] = [];
      for await (const { username } of store.users()) names.push(username);
      expect(names).to.have.length(60);
      expect(await statusOfWriting(store)).to.equal('ok');
    });
  }

  it('finds numbers and names under the second name of an attribute', async () => {
    const slapd = await start(person('ada', 'mobile: +46701740605'), '', '');
    const store = storeFor(slapd, { usernameAttribute: 'userid', phoneAttribute: 'mobileTelephoneNumber' });
    const ada = await mustFind(store, 'ada');
    expect(ada).to.deep.include({ username: 'ada', phoneNumbers: ['+46701740605'] });
    expect(await store.changePhoneNumbers(ada, { remove: '+46701740605', add: '+46701740606' })).to.equal('done');
    expect((await mustFind(store, 'ada')).phoneNumbers).to.deep.equal(['+46701740606']);
  });
});

type Checked = PasswordReport & { readonly isRight: boolean };

function person(uid: string, more = ''): string {
  return `
dn: uid=${uid},${PEOPLE}
objectClass: inetOrgPerson
objectClass: verifiedPerson
uid: ${uid}
cn: ${uid}
sn: ${uid}
userPassword: ${uid}-secret
${more}`;
}

function generalizedTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`;
}

async function statusOfWriting(store: LdapUserStore): Promise<string> {
  for await (const { check, status } of store.examine({ mustWrite: true })) if (check === 'LDAP writing') return status;
  return 'absent';
}

/** Asks until there is an answer; mocha's time-out is the deadline. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const answer = await ask().catch(() => undefined);
  if (answer !== undefined) return answer;
  await pause(20);
  return eventually(ask);
}
