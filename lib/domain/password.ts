import type { Directory } from './fault.ts';
import type { User } from './user.ts';

/**
 * The user whom name and password belong to; `undefined` where anything is wrong: one answer for all.
 *
 * @throws SmsOtpError `DIRECTORY_UNAVAILABLE`
 */
export async function checkPassword(
  directory: Directory,
  username: string,
  password: string,
): Promise<User | undefined> {
  // An empty password is an anonymous bind, which succeeds (RFC 4513, 5.1.2); NUL ends a string in some directories.
  if (username === '' || password === '' || password.includes('\u0000')) return undefined;
  const user = await directory.findUser({ username });
  return user !== undefined && (await directory.checkPassword(user, password)) === true ? user : undefined;
}
