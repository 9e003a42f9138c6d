import { withoutSecrets } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { Keyring } from './keyring.ts';
import type { Notice, TemplatedText } from './message.ts';
import { type Country, isCountryAllowed } from './phone-number.ts';
import type { Clock, SmsTransport } from './ports.ts';
import type { User } from './user.ts';

export interface NoticeDeps {
  readonly transport: SmsTransport;
  readonly clock: Clock;
  /** Counts it, and refuses nothing. */
  readonly count: () => Promise<void>;
  readonly compose: (notice: Notice, user: User, number: string) => Promise<TemplatedText>;
  readonly allowedCountries: readonly Country[] | undefined;
  readonly keyring: Keyring;
  readonly notify: Notify;
}

/** Later than that it is no news. */
const LIFE_MILLISECONDS = 10 * 60 * 1000;

/** Tells a user's phones of changes that somebody else may have made. */
export class Notices {
  readonly #deps: NoticeDeps;
  readonly #pending = new Set<Promise<void>>();

  constructor(deps: NoticeDeps) {
    this.#deps = deps;
  }

  /** Nobody waits for it, and no limit stops it: what was done is done. */
  send(notice: Notice, user: User, numbers: readonly string[]): void {
    for (const number of numbers) {
      const sent = this.#sendOne(notice, user, number)
        .catch((error: unknown) => this.#tellFailed(user, number, error))
        .finally(() => this.#pending.delete(sent));
      this.#pending.add(sent);
    }
  }

  /** Resolves once nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #tellFailed({ id: userId }: User, number: string, thrown: unknown): void {
    const { keyring, notify, clock } = this.#deps;
    const error = withoutSecrets(thrown, [number.slice(1)]);
    const reason = error instanceof Error ? error.message : 'no Error';
    notify('noticeFailed', { time: new Date(clock()), userId, number: keyring.pseudonym(number), reason });
  }

  async #sendOne(notice: Notice, user: User, to: string): Promise<void> {
    const { transport, clock, compose, count, allowedCountries } = this.#deps;
    if (!isCountryAllowed(to, allowedCountries)) throw new Error('The country of this number is not allowed.');
    const sms = await compose(notice, user, to);
    await count();
    const result = await transport.send({ to, ...sms, expiresAt: new Date(clock() + LIFE_MILLISECONDS) });
    if (result.status === 'refused') throw new Error('The network does not accept this phone number.');
  }
}
