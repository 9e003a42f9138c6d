import type { Challenge } from './challenge.ts';
import type { Keyring } from './keyring.ts';
import type { Clock, SharedState } from './ports.ts';

/** Whose sends keep their distance. */
export type CooldownScope = Pick<Challenge, 'signIn' | 'purpose' | 'number'>;

/** The pause between two sends. Whoever wins it is the only one that sends: parallel requests make one SMS. */
export class Cooldown {
  readonly #state: SharedState;
  readonly #keyring: Keyring;
  readonly #clock: Clock;

  constructor(state: SharedState, keyring: Keyring, clock: Clock) {
    this.#state = state;
    this.#keyring = keyring;
    this.#clock = clock;
  }

  win(scope: CooldownScope, seconds: number): Promise<boolean> {
    return this.#state.set(this.#key(scope), String(this.#clock() + seconds * 1000), seconds, true);
  }

  /** Where nothing was sent after all. */
  async giveBack(scope: CooldownScope): Promise<void> {
    await this.#state.delete(this.#key(scope));
  }

  async secondsLeft(scope: CooldownScope): Promise<number> {
    const endsAt = await this.#state.get(this.#key(scope));
    return endsAt === undefined ? 0 : Math.max(1, Math.ceil((Number(endsAt) - this.#clock()) / 1000));
  }

  #key(scope: CooldownScope): string {
    return this.#keyring.stateKey('cooldown', scope.signIn, scope.purpose, scope.number);
  }
}
