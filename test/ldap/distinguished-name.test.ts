import { expect } from 'chai';
import { isAtOrBelow, sameDn } from '../../lib/ldap/distinguished-name.ts';

describe('isAtOrBelow', () => {
  const base = 'ou=people,dc=example,dc=org';

  it('is true for the base and all below it, in any spelling of case and blanks', () => {
    for (const dn of [base, `uid=ada,${base}`, `uid=a,ou=x,${base}`, 'UID=ada, OU=People , DC=example,dc=ORG']) {
      expect(isAtOrBelow(dn, base), dn).to.equal(true);
    }
  });

  it('is false for what is elsewhere or above', () => {
    for (const dn of ['', 'dc=example,dc=org', 'uid=ada,ou=admins,dc=example,dc=org', `x${base}`]) {
      expect(isAtOrBelow(dn, base), dn).to.equal(false);
    }
  });

  it('is true for each spelling of one DN that RFC 4514 allows, as servers give them', () => {
    const odd = String.raw`ou=Smith\, Jones \+ Co,dc=example,dc=org`;
    for (const dn of [
      String.raw`uid=ada, OU = smith\2C jones \2B co , dc=example,dc=org`,
      'uid=ada,ou="Smith, Jones + Co",dc=example,dc=org',
      String.raw`uid=ada,organizationalUnitName=Smith\,  Jones \+ Co,DC=example,0.9.2342.19200300.100.1.25=org`,
    ]) {
      expect(isAtOrBelow(dn, odd), dn).to.equal(true);
    }
    expect(isAtOrBelow(String.raw`uid=ada,ou=M\C3\BCller,dc=org`, 'ou=Müller,dc=org')).to.equal(true);
    expect(isAtOrBelow('uid=ada,cn=a+sn=b,dc=org', 'sn=b+cn=a,dc=org')).to.equal(true);
    expect(isAtOrBelow(String.raw`uid=ada,cn=a\+sn=b,dc=org`, 'cn=a+sn=b,dc=org')).to.equal(false);
  });

  it('does not take a comma inside a value for the end of it', () => {
    expect(isAtOrBelow(`cn=x\\,${base}`, base)).to.equal(false);
    expect(isAtOrBelow(`cn=x\\\\,${base}`, base)).to.equal(true);
    expect(isAtOrBelow(`cn=x\\\\\\,${base}`, base)).to.equal(false);
  });
});

describe('sameDn', () => {
  it('wants all parts to be the same', () => {
    expect(sameDn('uid=a, dc=org', 'UID=A,dc=org')).to.equal(true);
    expect(sameDn('uid=a,dc=org', 'dc=org')).to.equal(false);
    expect(sameDn('', '')).to.equal(true);
  });
});
