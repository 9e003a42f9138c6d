import { expect } from 'chai';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { problemsIn } from '../support/problems.ts';

const GOOD = { url: 'ldaps://ldap.example.org', baseDn: 'dc=example,dc=org' };

describe('the options of LdapUserStore', () => {
  it('are fine with url and baseDn alone, and connect to nobody yet', () => {
    expect(problemsOf(GOOD)).to.deep.equal([]);
  });

  it('are fine all together', () => {
    const all = {
      ...GOOD,
      url: ['ldap://one.example.org', 'ldap://[2001:db8::1]:1389/'],
      startTls: true,
      tls: { servername: 'ldap.example.org' },
      allowInsecure: ['plainLdap'],
      bindDn: 'cn=service,dc=example,dc=org',
      bindPassword: 'secret',
      usernameAttribute: ['uid', 'mail'],
      userFilter: '(&(objectClass=person)(!(employeeType=guest)))',
      phoneAttribute: 'mobile',
      idAttribute: 'employeeNumber',
      displayNameAttribute: ['cn'],
      localeAttribute: 'preferredLanguage',
      attributes: ['mail'],
      timeoutSeconds: 2.5,
      connections: 1,
    };
    expect(problemsOf(all)).to.deep.equal([]);
  });

  it('are refused with all problems at once', () => {
    const options = {
      url: 'http://x',
      bindDn: '',
      timeoutSeconds: 0,
      userFilter: '(',
      baseDN: 'dc=org',
      connections: 1.5,
    };
    expect(problemsOf(options).map((problem) => problem.split(':')[0])).to.have.members([
      'LdapUserStore.url',
      'LdapUserStore.bindDn',
      'LdapUserStore.baseDn',
      'LdapUserStore.userFilter',
      'LdapUserStore.timeoutSeconds',
      'LdapUserStore.connections',
      'LdapUserStore.baseDN',
    ]);
  });

  it('are refused without any of their values in the error', () => {
    const value = 'topsecret';
    const options = {
      url: [`ldap://${value}@host`, 1],
      bindPassword: [value],
      userFilter: `(${value}`,
      tls: { cert: value, key: value },
      phoneAttribute: `${value}*`,
      allowInsecure: [value],
    };
    const problems = problemsOf(options).join('\n');
    expect(problems)
      .to.match(/url.*\n/)
      .and.to.match(/tls/);
    expect(problems).not.to.match(/topsecret/);
  });

  it('are refused if they are no options', () => {
    for (const nonsense of [undefined, null, 'ldap://x', 1, []]) expect(problemsOf(nonsense)).to.have.length(1);
  });

  it('are refused if a password would travel in clear', () => {
    const inClear = /sends passwords in clear/;
    expect(problemsOf({ ...GOOD, url: 'ldap://ldap.example.org' })[0]).to.match(inClear);
    expect(problemsOf({ ...GOOD, url: ['ldaps://a.example.org', 'ldap://127.example.org'] })[0]).to.match(inClear);
    expect(problemsOf({ ...GOOD, url: 'ldap://a.example.org', allowInsecure: [] })[0]).to.match(inClear);
    expect(problemsOf({ ...GOOD, url: 'ldap://a.example.org', allowInsecure: ['plainLdap'] })).to.deep.equal([]);
    expect(problemsOf({ ...GOOD, url: 'ldap://a.example.org', startTls: true })).to.deep.equal([]);
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]', 'LOCALHOST']) {
      expect(problemsOf({ ...GOOD, url: `ldap://${host}:1389` }), host).to.deep.equal([]);
    }
  });

  it('are refused if a URL has more than host and port', () => {
    for (const url of ['ldap:///', 'ldaps://h/dc=org', 'ldaps://h?x', 'ldaps://u:p@h', 'ldapi://h', 'h:636', '']) {
      expect(problemsOf({ ...GOOD, url }), url).to.deep.equal([
        'LdapUserStore.url: must be ldap://host:port or ldaps://host:port, and no more',
      ]);
    }
  });

  it('are refused if half of the service account is missing, or StartTLS meets ldaps', () => {
    expect(problemsOf({ ...GOOD, bindDn: 'cn=x' })).to.have.length(1);
    expect(problemsOf({ ...GOOD, bindPassword: 'x' })).to.have.length(1);
    expect(problemsOf({ ...GOOD, startTls: true })[0]).to.match(/startTls is for ldap:/);
  });

  it('are refused if an attribute would mean something else in a search', () => {
    for (const name of ['*', '+', '1.1', 'uid)(x', 'a b', '']) {
      expect(problemsOf({ ...GOOD, attributes: [name] }), name).to.have.length(1);
    }
  });

  it('are refused if ldapts would take a filter for another', () => {
    expect(problemsOf({ ...GOOD, userFilter: '(cn=Zo\\c3\\ab)' })).to.have.length(1);
    expect(problemsOf({ ...GOOD, userFilter: '(cn=Zoë \\28x\\29)' })).to.deep.equal([]);
  });
});

describe('the options of LdapUserStore.forActiveDirectory', () => {
  it('are those of LdapUserStore, without what Active Directory settles, and the suffixes', () => {
    expect(adProblemsOf({ ...GOOD, upnSuffixes: ['example.org'], connections: 2 })).to.deep.equal([]);
    const settled = { ...GOOD, usernameAttribute: 'uid', idAttribute: 'entryUUID' };
    expect(adProblemsOf(settled)).to.deep.equal([
      'LdapUserStore.usernameAttribute: there is no such option',
      'LdapUserStore.idAttribute: there is no such option',
    ]);
    expect(problemsOf({ ...GOOD, upnSuffixes: [] })).to.deep.equal([
      'LdapUserStore.upnSuffixes: there is no such option',
    ]);
  });

  it('are refused with all problems at once', () => {
    const options = { url: 'ldap://ad.example.org', baseDn: '', upnSuffixes: ['@example.org'], bindDn: 'x' };
    expect(adProblemsOf(options)).to.have.length(4);
  });

  it('are refused if they are no options', () => {
    for (const nonsense of [undefined, null, 1]) expect(adProblemsOf(nonsense)).to.have.length(1);
  });
});

function adProblemsOf(options: unknown): readonly string[] {
  return problemsIn(() => Reflect.apply(LdapUserStore.forActiveDirectory, LdapUserStore, [options]));
}

function problemsOf(options: unknown): readonly string[] {
  return problemsIn(() => Reflect.construct(LdapUserStore, [options]));
}
