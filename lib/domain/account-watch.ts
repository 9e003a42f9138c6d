import type { Directory } from './fail-closed.ts';
import type { Keyring } from './keyring.ts';
import type { SharedState } from './ports.ts';

/** How long somebody who was removed or disabled in the directory may stay signed in. */
const SECONDS_BETWEEN_LOOKS = 5 * 60;

/** Looks after those who are signed in: whether the directory still knows them. */
export class AccountWatch {
  readonly #state: SharedState;
  readonly #keyring: Keyring;
  readonly #directory: Directory;

  constructor(state: SharedState, keyring: Keyring, directory: Directory) {
    this.#state = state;
    this.#keyring = keyring;
    this.#directory = directory;
  }

  /** The directory was asked a moment ago. */
  async noteLook(subject: string): Promise<void> {
    await this.#takeTurn(subject);
  }

  /** Looks once in five minutes, all processes together; in between, nobody is gone. */
  async isGone(subject: string): Promise<boolean> {
    return (await this.#takeTurn(subject)) && (await this.#directory.findUser({ id: subject })) === undefined;
  }

  /** True for one caller in five minutes. */
  #takeTurn(subject: string): Promise<boolean> {
    return this.#state.set(this.#keyring.stateKey('look', subject), 'looked', SECONDS_BETWEEN_LOOKS, true);
  }
}
