import { fault } from './fault.ts';
import type { SharedState, UserStore } from './ports.ts';

/** The shared state, whose every rejection becomes `STATE_UNAVAILABLE`. */
export function failClosedState(state: SharedState): SharedState {
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    try {
      return await question();
    } catch (cause) {
      throw fault('STATE_UNAVAILABLE', 'The sign-in cannot go on right now. Please try again in a moment.', cause);
    }
  };
  return {
    commit: (steps) => ask(() => state.commit(steps)),
    add: (key, points, windowSeconds) => ask(() => state.add(key, points, windowSeconds)),
    get: (key) => ask(() => state.get(key)),
    set: (key, value, ttlSeconds, ifAbsent) => ask(() => state.set(key, value, ttlSeconds, ifAbsent)),
    delete: (key) => ask(() => state.delete(key)),
  };
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
      throw fault(
        'DIRECTORY_UNAVAILABLE',
        'The directory cannot be asked right now. Please try again in a moment.',
        cause,
      );
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
