import type { Clock, SmsTransport } from './ports.ts';
import type { User } from './user.ts';

/** What the numbers that a user had before are told of. */
export type Notice = 'numberAdded' | 'numberRemoved';

export interface NoticeParts {
  readonly transport: SmsTransport;
  readonly clock: Clock;
  /** Counts it, and refuses nothing. */
  readonly count: () => Promise<void>;
  readonly compose: (notice: Notice, user: User) => string;
  /** Who hears of a number that could not be told. */
  readonly onFailure: (user: User, number: string, error: unknown) => void;
}

/** Later than that it is no news. */
const LIFE_MILLISECONDS = 10 * 60 * 1000;

/** Tells a user's phones of changes that somebody else may have made. */
export class Notices {
  readonly #parts: NoticeParts;
  readonly #pending = new Set<Promise<void>>();

  constructor(parts: NoticeParts) {
    this.#parts = parts;
  }

  /** Nobody waits for it, and no limit stops it: what was done is done. */
  send(notice: Notice, user: User, numbers: readonly string[]): void {
    for (const number of numbers) {
      const sent = this.#sendOne(notice, user, number)
        .catch((error: unknown) => this.#parts.onFailure(user, number, error))
        .finally(() => this.#pending.delete(sent));
      this.#pending.add(sent);
    }
  }

  /** Resolves once nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #sendOne(notice: Notice, user: User, to: string): Promise<void> {
    const { transport, clock, compose, count } = this.#parts;
    const text = compose(notice, user);
    await count();
    const result = await transport.send({ to, text, expiresAt: new Date(clock() + LIFE_MILLISECONDS) });
    if (result.status === 'refused') throw new Error('The network does not accept this phone number.');
  }
}
