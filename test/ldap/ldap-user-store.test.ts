import { expect } from 'chai';
import type { User } from '../../lib/domain/user.ts';
import type { LdapUserStoreOptions } from '../../lib/ldap/ldap-options.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { makeCertificate } from '../support/certificate-authority.ts';
import { useClosing } from '../support/closing.ts';
import { mustFind } from '../support/must-find.ts';
import { requirePeer } from '../support/peers.ts';
import { type Slapd, startSlapd } from '../support/slapd.ts';

const SPECIAL_RDN = String.raw`cn=\#O'Hara\, \"Jo\" \+ \<Co\>\; a\\b\=c\ `;
const PEOPLE = `
dn: uid=ada,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: verifiedPerson
uid: ada
cn: Countess of Lovelace
sn: Lovelace
displayName: Ada Lovelace
mail: ada@example.org
employeeType: staff
employeeNumber: 1815
preferredLanguage: sv-SE, en;q=0.8
phoneNumberVerified: TRUE
mobile: +46701740605
userPassword: lovelace

dn: uid=grace,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: verifiedPerson
uid: grace
cn: Grace Hopper
sn: Hopper
phoneNumberVerified: +46 70 174 06 06
mobile: +46 70 174 06 06
mobile: +46701740607
userPassword: hopper

dn: uid=alan,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: alan
cn: Alan Turing
sn: Turing
userPassword: ${'ü'.repeat(100)}

dn: ${SPECIAL_RDN},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: special
cn: Special
sn: O'Hara
userPassword: special

dn: uid=mona,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: verifiedPerson
uid: mona
cn: Mona
sn: Mona
phoneNumberVerified: FALSE
mobile: n/a
userPassword: mona

dn: cn=Twin One,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: twin
cn: Twin One
sn: Twin
userPassword: twin

dn: cn=Twin Two,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: twin
cn: Twin Two
sn: Twin
userPassword: twin

dn: cn=Stars,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: a*(b)\\c
cn: Stars
sn: Stars

dn: uid=lin,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: lin
cn: Lin
cn;lang-ja: Rin
sn: Lin
displayName;lang-en: Lin in English
mobile;lang-sv: +46701740650
mobile: +46701740651

dn: uid=lin,cn=Stars,ou=people,dc=example,dc=org
objectClass: alias
objectClass: extensibleObject
uid: lin
aliasedObjectName: uid=lin,ou=people,dc=example,dc=org
`;

const NO_ALIAS = '(!(objectClass=alias))';

describe('LdapUserStore with a real slapd', () => {
  const keep = useClosing();
  let slapd: Slapd;

  before(async function () {
    requirePeer(this, 'slapd');
    requirePeer(this, 'openssl');
    slapd = await startSlapd(PEOPLE);
  });

  after(async () => {
    await slapd?.close();
  });

  function storeWith(options: Partial<LdapUserStoreOptions> = {}): LdapUserStore {
    const { url, baseDn, bindDn, bindPassword } = slapd;
    return keep(new LdapUserStore({ url, baseDn, bindDn, bindPassword, ...options }));
  }

  describe('finding a user', () => {
    it('passes over flags only: a value that means no number is there, so that nobody may enter another', async () => {
      expect((await storeWith().findUser({ username: 'mona' }))?.phoneNumbers).to.deep.equal(['n/a']);
    });

    it('finds one by name, with all that the directory tells', async () => {
      const user = await storeWith({ attributes: ['employeeType', 'title'] }).findUser({ username: 'ada' });
      expect(user?.id).to.match(/^[0-9a-f-]{36}$/);
      expect({ ...user, id: '' }).to.deep.equal({
        id: '',
        username: 'ada',
        displayName: 'Ada Lovelace',
        phoneNumbers: ['+46701740605'],
        locale: 'sv-SE',
        attributes: { employeeType: ['staff'], title: [] },
      });
    });

    it('finds the same one by id', async () => {
      const store = storeWith();
      const user = await mustFind(store, 'ada');
      expect(await store.findUser({ id: user.id })).to.deep.equal(user);
    });

    it('knows a person by one name, however it was typed', async () => {
      const store = storeWith({ usernameAttribute: ['uid', 'mail'] });
      const typed = ['ADA', ' ada ', 'ada@example.org', 'Ada@EXAMPLE.org'];
      const users = await Promise.all(typed.map((username) => mustFind(store, username)));
      expect(users.map(({ username }) => username)).to.deep.equal(['ada', 'ada', 'ada', 'ada']);
      expect(new Set(users.map(({ id }) => id)).size).to.equal(1);
    });

    it('finds nobody by a name that two entries share', async () => {
      expect(await storeWith().findUser({ username: 'twin' })).to.equal(undefined);
    });

    it('finds nobody by an unknown or empty name or id', async () => {
      const store = storeWith();
      const unknown = '00000000-0000-4000-8000-000000000000';
      const keys = [{ username: 'bob' }, { username: '' }, { id: unknown }, { id: '' }, { id: 'ada' }];
      for (const key of keys) expect(await store.findUser(key), JSON.stringify(key)).to.equal(undefined);
    });

    it('takes the characters of a filter literally', async () => {
      const store = storeWith();
      const tricks = [
        '*',
        'a*',
        'ad?',
        ')(uid=*',
        '*)(|(uid=*',
        'ada)(uid=ada',
        '\\2a',
        '\\',
        'ada\x07',
        '\x07',
        'a'.repeat(10_000),
      ];
      for (const username of tricks) expect(await store.findUser({ username }), username).to.equal(undefined);
      expect((await mustFind(store, 'a*(b)\\c')).displayName).to.equal('Stars');
    });

    it('narrows every search by the userFilter, also the one by id', async () => {
      const grace = await mustFind(storeWith(), 'grace');
      const store = storeWith({ userFilter: '(employeeType=staff)' });
      const ada = await mustFind(store, 'ada');
      expect((await store.findUser({ id: ada.id }))?.username).to.equal('ada');
      expect(await store.findUser({ username: 'grace' })).to.equal(undefined);
      expect(await store.findUser({ id: grace.id })).to.equal(undefined);
      expect(await store.checkPassword(grace, 'hopper')).to.equal(false);
    });

    it('gives the numbers of all attributes in order, each once, and passes over what is no number', async () => {
      const grace = await mustFind(storeWith(), 'grace');
      expect(grace.phoneNumbers).to.deep.equal(['+46 70 174 06 06', '+46701740607']);
      expect((await mustFind(storeWith(), 'ada')).phoneNumbers).to.deep.equal(['+46701740605']);
      expect((await mustFind(storeWith(), 'alan')).phoneNumbers).to.deep.equal([]);
      expect((await mustFind(storeWith({ phoneAttribute: 'phoneNumberVerified' }), 'ada')).phoneNumbers).to.deep.equal(
        [],
      );
    });

    it('takes values with options, as of a language, for values of the attribute, behind those without', async () => {
      const lin = await mustFind(storeWith({ userFilter: NO_ALIAS, phoneAttribute: 'mobileTelephoneNumber' }), 'lin');
      expect(lin.phoneNumbers).to.deep.equal(['+46701740651', '+46701740650']);
      expect(lin.displayName).to.equal('Lin in English');
    });

    it('takes the value of the id without options', async () => {
      const store = storeWith({ userFilter: NO_ALIAS, idAttribute: 'cn' });
      expect(await mustFind(store, 'lin')).to.include({ id: 'Lin' });
      expect(await store.findUser({ id: 'Lin' })).to.include({ username: 'lin' });
    });

    it('finds nobody by a name that an alias shares, unless the filter leaves aliases out', async () => {
      expect(await storeWith().findUser({ username: 'lin' })).to.equal(undefined);
      expect((await storeWith({ userFilter: NO_ALIAS }).findUser({ username: 'lin' }))?.username).to.equal('lin');
    });

    it('takes the id from the attribute that was named for it', async () => {
      const store = storeWith({ idAttribute: 'employeeNumber' });
      const user = await mustFind(store, 'ada');
      expect(user.id).to.equal('1815');
      expect((await store.findUser({ id: '1815' }))?.username).to.equal('ada');
      expect(await rejection(store.findUser({ username: 'grace' }))).to.match(/exactly one value of the idAttribute/);
    });

    it('rejects if the base is not there: nobody would ever be found', async () => {
      const store = storeWith({ baseDn: 'ou=elsewhere,dc=example,dc=org' });
      expect(await rejection(store.findUser({ username: 'ada' }))).to.match(/NoSuchObjectError \(32\)/);
      expect(await rejection(store.health())).to.match(/NoSuchObjectError \(32\)/);
    });
  });

  describe('checking a password', () => {
    it('accepts the right one and refuses a wrong one', async () => {
      const store = storeWith();
      const ada = await mustFind(store, 'ada');
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
      for (const wrong of ['Lovelace', 'lovelace ', ' lovelace', 'hopper', '   ', '*']) {
        expect(await store.checkPassword(ada, wrong), wrong).to.equal(false);
      }
    });

    it('sends a long one with letters beyond ASCII unchanged', async () => {
      const store = storeWith();
      const alan = await mustFind(store, 'alan');
      expect(await store.checkPassword(alan, 'ü'.repeat(100))).to.equal(true);
      expect(await store.checkPassword(alan, 'ü'.repeat(99))).to.equal(false);
    });

    it('refuses each form of an empty password', async () => {
      const store = storeWith();
      const ada = await mustFind(store, 'ada');
      for (const empty of ['', undefined, null, [], '\x07', 0]) {
        expect(await Reflect.apply(store.checkPassword, store, [ada, empty]), String(empty)).to.equal(false);
      }
    });

    it('binds as the DN that the directory gave, whatever characters are in it', async () => {
      const store = storeWith();
      const special = await mustFind(store, 'special');
      expect(await store.checkPassword(special, 'special')).to.equal(true);
      expect(await store.checkPassword(special, 'twin')).to.equal(false);
    });

    it('refuses whoever has no password, and whoever is gone', async () => {
      const store = storeWith();
      const stars = await mustFind(store, 'a*(b)\\c');
      expect(await store.checkPassword(stars, 'stars')).to.equal(false);
      const gone: User = { id: '00000000-0000-4000-8000-000000000000', username: 'ada', phoneNumbers: [] };
      expect(await store.checkPassword(gone, 'lovelace')).to.equal(false);
    });

    it('never mixes up people who sign in at the same time', async () => {
      const store = storeWith({ connections: 4 });
      const people = await Promise.all(['ada', 'grace', 'special'].map((name) => mustFind(store, name)));
      const passwords = ['lovelace', 'hopper', 'special'];
      const tries = Array.from({ length: 45 }, (_, turn) => ({ who: turn % 3, what: Math.floor(turn / 3) % 3 }));
      const answers = await Promise.all(
        tries.map(({ who, what }) => store.checkPassword(people[who] ?? expect.fail(), passwords[what] ?? '')),
      );
      expect(answers).to.deep.equal(tries.map(({ who, what }) => who === what));
    });
  });

  describe('changing phone numbers', () => {
    it('adds to the last attribute, and removes exactly one value', async () => {
      const store = storeWith();
      const alan = await mustFind(store, 'alan');
      expect(await store.changePhoneNumbers(alan, { add: '+46701740608' })).to.equal('done');
      expect(await store.changePhoneNumbers(alan, { add: '+46701740609' })).to.equal('done');
      expect(await store.changePhoneNumbers(alan, { remove: '+46701740608' })).to.equal('done');
      expect((await mustFind(storeWith({ phoneAttribute: 'mobile' }), 'alan')).phoneNumbers).to.deep.equal([
        '+46701740609',
      ]);
    });

    it('replaces a number in one step', async () => {
      const store = storeWith();
      const alan = await mustFind(store, 'alan');
      expect(await store.changePhoneNumbers(alan, { remove: '+46701740609', add: '+46701740610' })).to.equal('done');
      expect((await mustFind(store, 'alan')).phoneNumbers).to.deep.equal(['+46701740610']);
    });

    it('removes a number from every attribute that holds it', async () => {
      const store = storeWith();
      const grace = await mustFind(store, 'grace');
      expect(await store.changePhoneNumbers(grace, { remove: '+46 70 174 06 06' })).to.equal('done');
      expect((await mustFind(store, 'grace')).phoneNumbers).to.deep.equal(['+46701740607']);
    });

    it('removes a number with an option where it stands', async () => {
      const store = storeWith({ userFilter: NO_ALIAS });
      const lin = await mustFind(store, 'lin');
      expect(await store.changePhoneNumbers(lin, { remove: '+46701740650', add: '+46701740652' })).to.equal('done');
      expect((await mustFind(store, 'lin')).phoneNumbers).to.deep.equal(['+46701740651', '+46701740652']);
    });

    it('says conflict if the number to remove is gone, or the one to add is there', async () => {
      const store = storeWith();
      const ada = await mustFind(store, 'ada');
      expect(await store.changePhoneNumbers(ada, { remove: '+46701740699' })).to.equal('conflict');
      expect(await store.changePhoneNumbers(ada, { add: '+46701740605' })).to.equal('conflict');
      // The directory's own comparison: blanks do not count in a phone number (RFC 4517, section 4.2.29).
      expect(await store.changePhoneNumbers(ada, { add: '+46 701 740 605' })).to.equal('conflict');
      expect((await mustFind(store, 'ada')).phoneNumbers).to.deep.equal(['+46701740605']);
    });

    it('lets one of many simultaneous changes win', async () => {
      const store = storeWith();
      const ada = await mustFind(store, 'ada');
      const numbers = Array.from({ length: 8 }, (_, index) => `+4670174061${index}`);
      const change = (add: string) => store.changePhoneNumbers(ada, { remove: '+46701740605', add });
      const results = await Promise.all(numbers.map(change));
      expect(results.filter((result) => result === 'done')).to.have.length(1);
      const { phoneNumbers } = await mustFind(store, 'ada');
      expect(phoneNumbers).to.deep.equal([numbers[results.indexOf('done')]]);
      await store.changePhoneNumbers(ada, { remove: phoneNumbers[0] ?? '', add: '+46701740605' });
    });

    it('rejects with the reason, and without the number, if the account may not write', async () => {
      const ada = await mustFind(storeWith(), 'ada');
      const store = storeWith({ phoneAttribute: ['mobile', 'telephoneNumber'] });
      const reason = await rejection(store.changePhoneNumbers(ada, { add: '+46701740699' }));
      expect(reason).to.match(/InsufficientAccessError \(50\)/);
      expect(reason).not.to.match(/46701740699/);
    });
  });

  describe('the connection', () => {
    it('works over ldaps with a private CA', async () => {
      const store = storeWith({ url: slapd.secureUrl, tls: { ca: slapd.ca } });
      expect(await store.checkPassword(await mustFind(store, 'ada'), 'lovelace')).to.equal(true);
      await store.health();
    });

    it('works over StartTLS with a private CA', async () => {
      const store = storeWith({ startTls: true, tls: { ca: slapd.ca } });
      expect(await store.checkPassword(await mustFind(store, 'ada'), 'lovelace')).to.equal(true);
      await store.health();
    });

    it('shows a client certificate to a server that wants one', async () => {
      const strict = await startSlapd(PEOPLE, 'TLSVerifyClient demand');
      try {
        const { secureUrl: url, ca, cert, key } = strict;
        await mustFind(storeWith({ url, tls: { ca, cert, key } }), 'ada');
        expect(await rejection(storeWith({ url, tls: { ca } }).findUser({ username: 'ada' }))).to.match(/lost|reached/);
      } finally {
        await strict.close();
      }
    });

    it('rejects if another CA signed the certificate', async () => {
      const { ca } = await makeCertificate();
      const secure = storeWith({ url: slapd.secureUrl, tls: { ca } });
      const upgraded = storeWith({ startTls: true, tls: { ca } });
      for (const store of [secure, upgraded]) {
        expect(await rejection(store.findUser({ username: 'ada' }))).to.match(
          /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY/,
        );
      }
    });

    it('rejects if the certificate is for another name', async () => {
      const store = storeWith({ url: slapd.secureUrl, tls: { ca: slapd.ca, servername: 'ldap.example.org' } });
      expect(await rejection(store.findUser({ username: 'ada' }))).to.match(/ERR_TLS_CERT_ALTNAME_INVALID/);
    });

    it('rejects if the service account is refused, also for a user with the right password', async () => {
      const ada = await mustFind(storeWith(), 'ada');
      const store = storeWith({ bindPassword: 'wrong' });
      expect(await rejection(store.findUser({ username: 'ada' }))).to.match(/InvalidCredentialsError \(49\)/);
      expect(await rejection(store.checkPassword(ada, 'lovelace'))).to.match(/InvalidCredentialsError \(49\)/);
    });

    it('goes on to the next server if one is down', async () => {
      const store = storeWith({ url: ['ldap://127.0.0.1:1', slapd.url] });
      expect(await store.checkPassword(await mustFind(store, 'ada'), 'lovelace')).to.equal(true);
    });

    it('rejects while the server is down, and heals when it is back', async () => {
      const store = storeWith();
      const ada = await mustFind(store, 'ada');
      await slapd.stop();
      expect(await rejection(store.findUser({ username: 'ada' }))).to.match(/ECONNREFUSED|lost/);
      expect(await rejection(store.checkPassword(ada, 'lovelace'))).to.match(/ECONNREFUSED/);
      expect(await rejection(store.health())).to.match(/ECONNREFUSED/);
      await slapd.start();
      expect(await store.findUser({ username: 'ada' })).to.deep.equal(ada);
      expect(await store.checkPassword(ada, 'lovelace')).to.equal(true);
    });

    it('rejects once the store is closed', async () => {
      const store = storeWith();
      const ada = await mustFind(store, 'ada');
      await store.close();
      expect(await rejection(store.checkPassword(ada, 'lovelace'))).to.match(/closed|lost/);
      expect(await rejection(store.findUser({ username: 'ada' }))).to.match(/closed/);
    });
  });
});

/** The message of the error, which must be one. */
async function rejection(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => expect.fail('it resolves'),
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message : expect.fail('it rejects with no Error');
}
