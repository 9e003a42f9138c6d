import type { Keyring } from './keyring.ts';
import type { SharedState } from './ports.ts';
import type { SignIn } from './sign-in.ts';

/** What names one sign-in: an app that signs people in by itself may have several after each other in one session. */
type SignInKey = Pick<SignIn, 'id' | 'startedAt'>;

/**
 * The sign-ins that were ended. A slow request that was on its way meanwhile writes the whole session again, also one
 * that was destroyed: nothing in it is worth anything then.
 */
export class EndedSignIns {
  readonly #state: SharedState;
  readonly #keyring: Keyring;

  constructor(state: SharedState, keyring: Keyring) {
    this.#state = state;
    this.#keyring = keyring;
  }

  /** @param seconds how long the sign-in could have gone on without a grant */
  async add(signIn: SignInKey, seconds: number): Promise<void> {
    await this.#state.set(this.#key(signIn), 'ended', seconds);
  }

  async has(signIn: SignInKey): Promise<boolean> {
    return (await this.#state.get(this.#key(signIn))) !== undefined;
  }

  #key({ id, startedAt }: SignInKey): string {
    return this.#keyring.stateKey('ended', id, String(startedAt));
  }
}
