import { randomBytes } from 'node:crypto';
import type { AccountWatch } from './account-watch.ts';
import { GrantCache } from './grant-cache.ts';
import type { Keyring } from './keyring.ts';
import type { Clock, SharedState } from './ports.ts';
import type { User } from './user.ts';

/** The fact that a session has passed: written only after a right code, or for a user who needs none. */
export interface Grant {
  readonly subject: string;
  readonly username: string;
  readonly displayName?: string;
  /** Absent where the user was exempt from the code. */
  readonly acr?: string;
  /** Authentication methods (RFC 8176): the first factor's, and `sms`, `otp`, `mfa` after a code. */
  readonly amr: readonly string[];
  /** Seconds since 1970 of the last factor. */
  readonly authTime: number;
  /** Ends all grants of the subject at once when it changes. */
  readonly epoch: string;
}

type GrantFacts = Pick<Grant, 'acr' | 'amr'> & { readonly epoch?: string | undefined };

const EPOCH_SECONDS = 400 * 24 * 60 * 60;

/** The grants of all sessions. State that is lost signs people out, never in. */
export class Grants {
  readonly #state: SharedState;
  readonly #keyring: Keyring;
  readonly #clock: Clock;
  readonly #ttlSeconds: number;
  readonly #watch: AccountWatch | undefined;
  readonly #cache: GrantCache;

  /** @param watch who is gone from the directory loses their grants */
  constructor(state: SharedState, keyring: Keyring, clock: Clock, ttlSeconds: number, watch?: AccountWatch) {
    this.#state = state;
    this.#keyring = keyring;
    this.#clock = clock;
    this.#cache = new GrantCache(clock);
    this.#ttlSeconds = ttlSeconds;
    this.#watch = watch;
  }

  /**
   * @param facts their epoch is that of what the grant stands on, where that began before: signed out everywhere
   *   meanwhile, it opens nothing
   * @returns the grant's id, for the session to hold
   */
  async give(user: User, facts: GrantFacts): Promise<string> {
    const id = randomBytes(16).toString('base64url');
    const grant: Grant = {
      subject: user.id,
      username: user.username,
      ...(user.displayName === undefined ? {} : { displayName: user.displayName }),
      ...facts,
      authTime: Math.floor(this.#clock() / 1000),
      epoch: facts.epoch ?? (await this.epochOf(user.id)),
    };
    await Promise.all([
      this.#state.set(this.#key(id), JSON.stringify(grant), this.#ttlSeconds),
      this.#watch?.noteLook(user.id),
    ]);
    return id;
  }

  /** The grant as it was at most 5 s ago. */
  async find(id: string): Promise<Grant | undefined> {
    const cached = this.#cache.get(id);
    return cached === undefined ? this.findNow(id) : cached.grant;
  }

  /** The same, as far as nothing needs to be asked for it. */
  cached(id: string): Grant | undefined {
    return this.#cache.get(id)?.grant;
  }

  /** The grant as it is now. */
  async findNow(id: string): Promise<Grant | undefined> {
    const at = this.#clock();
    const record = await this.#state.get(this.#key(id));
    const grant: Grant | undefined = record === undefined ? undefined : JSON.parse(record);
    const agreed = grant && (await this.isCurrentEpoch(grant.subject, grant.epoch)) ? grant : undefined;
    this.#cache.add(id, { grant: agreed, at });
    // Nobody waits for the directory, and one that is down signs nobody out: the next look decides.
    if (agreed !== undefined) this.#endIfGone(agreed.subject).catch(() => undefined);
    return agreed;
  }

  /** True for the one caller that ended it. */
  async end(id: string): Promise<boolean> {
    this.#cache.delete(id);
    return this.#state.delete(this.#key(id));
  }

  /** @returns the epoch that begins */
  async endAll(subject: string): Promise<string> {
    const epoch = newEpoch();
    await this.#state.set(this.#epochKey(subject), epoch, EPOCH_SECONDS);
    this.#cache.clear();
    return epoch;
  }

  /** What changes with a sign-out everywhere. One that is absent was lost, or never was: a new one begins. */
  async epochOf(subject: string): Promise<string> {
    const known = await this.#state.get(this.#epochKey(subject));
    if (known !== undefined) return known;
    const fresh = newEpoch();
    const isFirst = await this.#state.set(this.#epochKey(subject), fresh, EPOCH_SECONDS, true);
    return isFirst ? fresh : ((await this.#state.get(this.#epochKey(subject))) ?? fresh);
  }

  /** Whether nobody has signed the subject out everywhere since then. */
  async isCurrentEpoch(subject: string, epoch: string): Promise<boolean> {
    return (await this.#state.get(this.#epochKey(subject))) === epoch;
  }

  async #endIfGone(subject: string): Promise<void> {
    if (await this.#watch?.isGone(subject)) await this.endAll(subject);
  }

  #key(id: string): string {
    return this.#keyring.stateKey('grant', id);
  }

  #epochKey(subject: string): string {
    return this.#keyring.stateKey('epoch', subject);
  }
}

function newEpoch(): string {
  return randomBytes(9).toString('base64url');
}
