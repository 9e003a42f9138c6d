/** A person as a test wants them in an Active Directory, real or not. */
export interface AccountSpec {
  readonly dn: string;
  readonly sAMAccountName: string;
  readonly userPrincipalName: string;
  readonly password: string;
  readonly mobile?: string;
  /** The attribute `c`. */
  readonly country?: string;
  readonly isDisabled?: boolean;
  /** As Active Directory counts: 100 ns since 1601. Default: never. */
  readonly accountExpires?: string;
}

/** A directory that looks like Active Directory, with the accounts it was started with. */
export interface ActiveDirectory {
  readonly url: string;
  readonly ca: string;
  readonly baseDn: string;
  readonly bindDn: string;
  readonly bindPassword: string;
  close(): Promise<void>;
}

export type StartActiveDirectory = (accounts: (baseDn: string) => readonly AccountSpec[]) => Promise<ActiveDirectory>;

const ENABLED = 512;
const DISABLED = 514;
const NEVER = '9223372036854775807';

/** The attributes that both kinds of directory hold of an account. */
export function accountAttributes(account: AccountSpec): Record<string, string> {
  return {
    sAMAccountName: account.sAMAccountName,
    userPrincipalName: account.userPrincipalName,
    userAccountControl: String(account.isDisabled ? DISABLED : ENABLED),
    accountExpires: account.accountExpires ?? NEVER,
    ...(account.mobile !== undefined && { mobile: account.mobile }),
    ...(account.country !== undefined && { c: account.country }),
  };
}

/** Active Directory takes a password as a quoted UTF-16 text, and only over TLS. */
export function unicodePassword(password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le');
}

/** The organizational units (`OU=…`) that an account lies in, from the top. */
export function unitsAbove(dn: string): readonly string[] {
  const [, ...units] = dn.split(/,(?=OU=)/);
  return units.map((_, index) => units.slice(index).join(',')).reverse();
}
