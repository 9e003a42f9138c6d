import { randomBytes } from 'node:crypto';
import type { Keyring } from './keyring.ts';
import { LOCK_SECONDS } from './limits.ts';
import type { SharedState } from './ports.ts';
import { isSameText } from './same-text.ts';

/**
 * Who pays for tries and sends. A browser in which the user has finished a sign-in has an account of its own: neither
 * strangers nor a thief of the password can use that up.
 */
export interface Payer {
  readonly subject: string;
  /** Names the known browser; empty for all others together. */
  readonly browser: string;
  /** Names the last unlock: what was counted before it does not count. */
  readonly unlocked: string;
}

/** What a subject's failures are counted under. */
export function accountOf({ subject, browser, unlocked }: Payer): string {
  return JSON.stringify([subject, browser, unlocked]);
}

/** Knows browsers by a token that opens and skips nothing. */
export class Payers {
  readonly #state: SharedState;
  readonly #keyring: Keyring;
  readonly #isOn: boolean;

  constructor(state: SharedState, keyring: Keyring, isOn: boolean) {
    this.#state = state;
    this.#keyring = keyring;
    this.#isOn = isOn;
  }

  /** @param token what the browser presents, if anything */
  async of(subject: string, token: string | undefined): Promise<Payer> {
    const unlocked = (await this.#state.get(this.#unlockKey(subject))) ?? '';
    return { subject, browser: this.#browserOf(subject, token) ?? '', unlocked };
  }

  /** A token for the browser that has finished a sign-in; the one that it has, where that is good. */
  issue(subject: string, token: string | undefined): string | undefined {
    if (!this.#isOn) return undefined;
    const browser = this.#browserOf(subject, token) ?? randomBytes(16).toString('base64url');
    const { newest } = this.#keyring;
    return `${browser}.${newest}.${this.#mac(newest, browser, subject)}`;
  }

  /** Whether the payer's browser has finished a sign-in before; `undefined` where browsers are not told apart. */
  browserKind({ browser }: Payer): 'known' | 'new' | undefined {
    if (!this.#isOn) return undefined;
    return browser === '' ? 'new' : 'known';
  }

  /** Lifts a lock, and forgets the failures of all browsers. */
  async unlock(subject: string): Promise<void> {
    await this.#state.set(this.#unlockKey(subject), randomBytes(9).toString('base64url'), LOCK_SECONDS);
  }

  #browserOf(subject: string, token: string | undefined): string | undefined {
    const [browser = '', secret = '', mac = ''] = token?.split('.') ?? [];
    const expected = this.#mac(secret, browser, subject);
    const isGood = this.#isOn && browser !== '' && expected !== undefined && isSameText(mac, expected);
    return isGood ? browser : undefined;
  }

  #mac(secret: string, browser: string, subject: string): string | undefined {
    const key = this.#keyring.deriveKey(secret, 'browser', browser, subject);
    return key && Buffer.from(key).toString('base64url');
  }

  #unlockKey(subject: string): string {
    return this.#keyring.stateKey('unlock', subject);
  }
}
