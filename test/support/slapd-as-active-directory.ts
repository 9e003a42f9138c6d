import { randomBytes } from 'node:crypto';
import { type AccountSpec, type ActiveDirectory, accountAttributes, unitsAbove } from './active-directory.ts';
import { startSlapd } from './slapd.ts';

const STRING = 'EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE';
const INTEGER = 'EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE';
const BYTES = 'EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE';
const SCHEMA = `
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' ${STRING} )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' ${STRING} )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' ${INTEGER} )
attributetype ( 1.2.840.113556.1.4.302 NAME 'sAMAccountType' ${INTEGER} )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires' ${INTEGER} )
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' ${BYTES} )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' AUXILIARY
  MUST ( sAMAccountName $ userPrincipalName $ userAccountControl $ sAMAccountType $ accountExpires $ objectGUID )
  MAY c )
`;
const NORMAL_ACCOUNT = '805306368';

/** A slapd with the part of Active Directory's schema that sign-ins touch: everywhere, and in a tenth of a second. */
export async function startSlapdAsActiveDirectory(
  accounts: (baseDn: string) => readonly AccountSpec[],
): Promise<ActiveDirectory> {
  const baseDn = 'ou=people,dc=example,dc=org';
  const specs = accounts(baseDn);
  const units = new Set(specs.flatMap(({ dn }) => unitsAbove(dn)));
  const entries = [
    ...[...units].map((dn) => ldif(dn, { objectClass: 'organizationalUnit' })),
    ...specs.map((spec) => ldif(spec.dn, person(spec))),
  ];
  const slapd = await startSlapd(entries.join('\n'), SCHEMA);
  return { ...slapd, url: slapd.secureUrl };
}

function person(account: AccountSpec): Record<string, string | readonly string[] | Buffer> {
  return {
    objectClass: ['inetOrgPerson', 'user'],
    sn: account.sAMAccountName,
    userPassword: account.password,
    sAMAccountType: NORMAL_ACCOUNT,
    objectGUID: randomBytes(16),
    ...accountAttributes(account),
  };
}

function ldif(dn: string, attributes: Record<string, string | readonly string[] | Buffer>): string {
  const lines = Object.entries(attributes).flatMap(([name, value]) =>
    Buffer.isBuffer(value) ? [`${name}:: ${value.toString('base64')}`] : [value].flat().map((one) => `${name}: ${one}`),
  );
  return [`dn: ${dn}`, ...lines, ''].join('\n');
}
