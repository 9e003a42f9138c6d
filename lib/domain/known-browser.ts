import type { Account } from './account.ts';
import { isSameText, type Keyring, randomText } from './keyring.ts';
import { DAY_SECONDS } from './shared-state.ts';
import type { StoredSignIn } from './sign-in-record.ts';

/** A token older than that is worth nothing, however long the browser keeps it. */
const LIFE_SECONDS = 400 * DAY_SECONDS;
/** Of tokens that we have issued; what another path or subdomain has made up hides none of them. */
const MOST_BROWSERS = 10;

/** A browser that presents a token which this instance has issued. */
export interface KnownBrowser {
  readonly id: string;
  /** Tag of the subject that has finished a sign-in in it. */
  readonly tag: string;
  /** Of the account when the token was issued; another one ends the token. */
  readonly epoch: string;
  readonly unlock: string;
}

/**
 * Knows browsers in which a user has finished a sign-in, by a token that opens and skips nothing. Such a browser has
 * counters of its own: neither strangers nor a thief of the password can use up the owner's.
 */
export class KnownBrowsers {
  readonly isOn: boolean;
  readonly #keyring: Keyring;

  constructor(keyring: Keyring, isOn: boolean) {
    this.#keyring = keyring;
    this.isOn = isOn;
  }

  /** Browsers whose token is ours and not too old. `isKnownTo` then compares their epoch with the account's. */
  read(tokens: readonly string[], now: number): readonly KnownBrowser[] {
    if (!this.isOn) return [];
    const known = [...new Set(tokens)].flatMap((token) => this.#readOne(token, now) ?? []);
    return known.slice(0, MOST_BROWSERS);
  }

  /** The id of the browser in which a sign-in is finished now; a known browser keeps its own. */
  idOf(browser: string): string {
    return browser === '' && this.isOn ? randomText(12) : browser;
  }

  /** A token for the browser in which a sign-in is finished now. */
  issue(tag: string, { epoch, unlock }: Account, id: string, now: number): string | undefined {
    if (!this.isOn) return undefined;
    const issuedAt = Math.floor(now / 1000).toString(36);
    const facts = [id, tag, epoch, unlock, issuedAt];
    const { newest } = this.#keyring;
    return [...facts, newest, this.#keyring.mac(newest, 'browser', ...facts)].join('.');
  }

  #readOne(token: string, now: number): KnownBrowser | undefined {
    const [id = '', tag = '', epoch = '', unlock = '', issuedAt = '', secret = '', mac = ''] = token.split('.');
    const expected = id === '' ? undefined : this.#keyring.mac(secret, 'browser', id, tag, epoch, unlock, issuedAt);
    if (expected === undefined || !isSameText(mac, expected)) return undefined;
    const isTooOld = now / 1000 - Number.parseInt(issuedAt, 36) > LIFE_SECONDS;
    return isTooOld ? undefined : { id, tag, epoch, unlock };
  }
}

/** Whether a browser's token is still good for this account. */
export function isKnownTo(browser: KnownBrowser, account: Account | undefined): boolean {
  return account?.epoch === browser.epoch && account.unlock === browser.unlock;
}

/** The group whose failures and sends are counted together: one known browser, or all others. */
export interface Requester {
  readonly tag: string;
  /** Id of the known browser; empty for all others together. */
  readonly browser: string;
}

/** The counter key of a requester's sends and passwords. */
export function requesterKey({ tag, browser }: Requester): string {
  return browser === '' ? tag : `${tag}.${browser}`;
}

export function requesterOf({ ref, record }: StoredSignIn): Requester {
  return { tag: ref.tag, browser: record.browser };
}
