import { type DirectoryFault, RESULT_CODE, type ResultCodeName } from './directory-fault.ts';

const USE_TLS = 'This directory wants an encrypted connection: use ldaps:// in url, or startTls: true.';

/** The remedy for each answer to the service account's bind or search. */
const REMEDIES: Readonly<Partial<Record<ResultCodeName, string>>> = {
  protocolError:
    'The server knows no such request. If it offers no StartTLS, use ldaps:// in url in place of startTls.',
  sizeLimitExceeded: 'Raise the size limit of the account (bindDn) in the directory.',
  strongAuthRequired: USE_TLS,
  referral: 'This server does not hold baseDn: name the one that does.',
  adminLimitExceeded:
    'Give usernameAttribute and idAttribute an equality index, or raise the look-through limit of the account (bindDn).',
  confidentialityRequired: USE_TLS,
  noSuchObject: 'Is baseDn right, and may the account (bindDn) read it?',
  invalidDnSyntax:
    'Write bindDn and baseDn as DNs, as cn=service,dc=example,dc=org; a comma in a value needs a backslash.',
  inappropriateAuthentication: 'The directory wants an account: set bindDn and bindPassword.',
  invalidCredentials: 'Compare bindDn and bindPassword with the account in the directory.',
  insufficientAccessRights: 'Give the account (bindDn) the right to search and read below baseDn.',
  busy: 'The directory is busy: try again, and raise the limits of the account (bindDn) if that goes on.',
  unavailable: 'The directory is starting or stopping: try again in a moment.',
  unwillingToPerform:
    'The directory refuses it by its own rules: is the account (bindDn) locked, or its password to be changed first?',
};

/** @param speaksTls whether the port, which was spoken to without TLS, expects TLS from the first byte */
export function remedyFor(fault: DirectoryFault, speaksTls = false): string {
  if (speaksTls) return 'This port speaks TLS: use ldaps:// in url in place of ldap://.';
  if (fault.resultCode === undefined) return 'Is it an LDAP server that listens there, and does it answer others?';
  const known = Object.entries(REMEDIES).find(([name]) => RESULT_CODE[name as ResultCodeName] === fault.resultCode);
  return known?.[1] ?? 'Ask the administrator of the directory, and tell them the result.';
}
