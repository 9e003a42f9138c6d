import type { Keyring } from './keyring.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { TrustedSignIns } from './trusted-sign-in.ts';

/** A browser in which a person's password alone is enough. */
export interface TrustedBrowserFacts {
  /** Names it for `end`; opens nothing. */
  readonly id: string;
  /** As `Firefox, Linux`; empty if it says nothing that is known. */
  readonly label: string;
  /** When it was trusted. */
  readonly since: Date;
  /** When it last signed somebody in, or was trusted. */
  readonly lastUsed: Date;
  /** When a code is asked for again, at the latest. */
  readonly endsAt: Date;
}

export interface TrustAdminDeps {
  readonly keyring: Keyring;
  readonly trusted: TrustedBrowsers;
  readonly trustedSignIns: TrustedSignIns;
}

/** The trusted browsers of a user, for administrators. */
export class TrustAdmin {
  readonly #deps: TrustAdminDeps;

  constructor(deps: TrustAdminDeps) {
    this.#deps = deps;
  }

  /**
   * Those that have not ended, the last used first.
   *
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  async list(userId: string): Promise<readonly TrustedBrowserFacts[]> {
    const { trusted, keyring } = this.#deps;
    const browsers = await trusted.living(keyring.tagOf(userId));
    return browsers.map(({ id, label, since, lastUsed, endsAt }) => {
      return { id, label, since: new Date(since), lastUsed: new Date(lastUsed), endsAt: new Date(endsAt) };
    });
  }

  /**
   * Ends one, or all, and the sign-ins that they have opened; in other processes within 5 s.
   *
   * @param id as `list` gives it; all if it is left out
   * @throws SmsOtpError `CONFLICT` if it is not there, `STATE_UNAVAILABLE`
   */
  async end(userId: string, id?: string): Promise<void> {
    await this.#deps.trustedSignIns.end(userId, id, {});
  }
}
