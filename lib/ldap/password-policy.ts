import { type BerReader, Control, type SearchOptions } from 'ldapts';
import type { PasswordRefusal, PasswordReport } from '../domain/ports.ts';
import { DirectoryFault, RESULT_CODE } from './directory-fault.ts';

/** Password Policy for LDAP Directories (draft-behera-ldap-password-policy-10, section 6). */
const PASSWORD_POLICY = '1.3.6.1.4.1.42.2.27.8.5.1';
const WARNING = 0xa0;
const EXPIRES_IN = 0x80;
const GRACE_LOGINS = 0x81;
const ERROR = 0x81;
const MAX_BYTES = 4;
/** The errors that a bind can have. */
const ERRORS: Readonly<Record<number, PasswordRefusal>> = { 0: 'expired', 1: 'locked', 2: 'mustChange' };

/** Active Directory's own codes, in the text of a refused bind. */
const ACTIVE_DIRECTORY: Readonly<Record<string, PasswordRefusal>> = {
  '525': 'unknown',
  '52e': 'wrong',
  '530': 'notNow',
  '531': 'notNow',
  '532': 'expired',
  '533': 'disabled',
  '701': 'accountExpired',
  '773': 'mustChange',
  '775': 'locked',
};
/** The meaning of a refusal if the directory says no more. 389 Directory Server says 19 and 53 for these two. */
const BY_RESULT_CODE: Readonly<Record<number, PasswordRefusal>> = {
  [RESULT_CODE.invalidCredentials]: 'wrong',
  [RESULT_CODE.constraintViolation]: 'locked',
  [RESULT_CODE.inappropriateAuthentication]: 'noPassword',
  [RESULT_CODE.insufficientAccessRights]: 'notAllowed',
  [RESULT_CODE.unwillingToPerform]: 'disabled',
};

/** Asks for the state of the password at a bind, and reads the response. */
export class PasswordPolicyControl extends Control {
  #report: PasswordReport = {};

  constructor() {
    super(PASSWORD_POLICY);
  }

  /** Empty if the directory says nothing. */
  get report(): PasswordReport {
    return this.#report;
  }

  /** A response that cannot be read says nothing: the bind's own result decides. */
  override parseControl(reader: BerReader): void {
    try {
      reader.readSequence();
      if (reader.peek() === WARNING) this.#report = readWarning(reader);
      if (reader.remain > 0 && reader.peek() === ERROR) {
        const refusal = ERRORS[readNumber(reader, ERROR)];
        if (refusal !== undefined) this.#report = { ...this.#report, refusal };
      }
    } catch {}
  }
}

/**
 * Whether a directory may be sent a control: one without a root DSE (RFC 4512, section 5.1) knows none, and the server of
 * ldapjs (3.0.7), which is one, does not survive the request for a password's state. Some that know it do not list it.
 *
 * @param search of the directory
 * @returns `undefined` if the directory does not answer
 */
export async function hasControls(
  search: (base: string, options: SearchOptions) => Promise<unknown>,
): Promise<boolean | undefined> {
  try {
    await search('', { scope: 'base', attributes: ['1.1'] });
    return true;
  } catch (fault) {
    if (!(fault instanceof DirectoryFault)) throw fault;
    return fault.resultCode === undefined ? undefined : !fault.hasCode(['noSuchObject']);
  }
}

/** Why a bind was refused. */
export function refusalOf({ resultCode = 0, subCode }: DirectoryFault, { refusal }: PasswordReport): PasswordRefusal {
  const told = refusal ?? (subCode === undefined ? undefined : ACTIVE_DIRECTORY[subCode]);
  return told ?? BY_RESULT_CODE[resultCode] ?? 'wrong';
}

function readWarning(reader: BerReader): PasswordReport {
  reader.readSequence(WARNING);
  if (reader.peek() === GRACE_LOGINS) return { graceLoginsRemaining: readNumber(reader, GRACE_LOGINS) };
  return { expiresInSeconds: readNumber(reader, EXPIRES_IN) };
}

/** @throws Error if it is none, or has more than 32 bits */
function readNumber(reader: BerReader, tag: number): number {
  const bytes = reader.readString(tag, true);
  if (bytes === null || bytes.length === 0 || bytes.length > MAX_BYTES) throw new Error('No number.');
  return bytes.readIntBE(0, bytes.length);
}
