/**
 * Why a directory refused a password. `wrong` also covers a directory that tells no more. It goes into the event only:
 * the answer to the browser is the same for all.
 */
export type PasswordRefusal =
  | 'wrong'
  | 'unknown'
  | 'locked'
  | 'expired'
  | 'mustChange'
  | 'disabled'
  | 'accountExpired'
  | 'noPassword'
  | 'notNow'
  | 'notAllowed';

/** A directory's report on a password that was just checked. */
export interface PasswordReport {
  /** Absent if the password was accepted. */
  readonly refusal?: PasswordRefusal;
  /** Sign-ins that are left with an expired password. */
  readonly graceLoginsRemaining?: number;
  readonly expiresInSeconds?: number;
}
