import { SmsOtpError, type SmsOtpErrorCode } from '../errors.ts';
import type { UserStore } from './ports.ts';

/** Long enough for a restart, short enough for a person who waits. */
const RETRY_AFTER_SECONDS = 5;

/** A dependency that cannot say: 503, whatever it was that failed beneath. */
export function fault(code: SmsOtpErrorCode, cause: unknown): SmsOtpError {
  return new SmsOtpError(code, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

export function isFault(error: unknown): boolean {
  return error instanceof SmsOtpError && error.status === 503;
}

/** The user store, whose every rejection becomes `DIRECTORY_UNAVAILABLE`. */
export type Directory = Required<Pick<UserStore, 'findUser' | 'checkPassword' | 'changePhoneNumbers'>> &
  Pick<UserStore, 'maxNumbers' | 'passwordReport'>;

export function failClosedDirectory(store: UserStore): Directory {
  const ask = async <T>(question: () => Promise<T> | undefined): Promise<T> => {
    try {
      const answer = question();
      if (answer === undefined) throw new Error('The user store has no such method.');
      return await answer;
    } catch (cause) {
      throw fault('DIRECTORY_UNAVAILABLE', cause);
    }
  };
  return {
    // Stores in plain JavaScript say `null`.
    findUser: async (key) => (await ask(() => store.findUser(key))) ?? undefined,
    checkPassword: (user, password) => ask(() => store.checkPassword?.(user, password)),
    changePhoneNumbers: (user, change) => ask(() => store.changePhoneNumbers?.(user, change)),
    ...(store.maxNumbers !== undefined && { maxNumbers: store.maxNumbers }),
    passwordReport: (user) => store.passwordReport?.(user),
  };
}

/** The shared state cannot say. */
export function stateUnavailable(cause: unknown): SmsOtpError {
  return fault('STATE_UNAVAILABLE', cause);
}
