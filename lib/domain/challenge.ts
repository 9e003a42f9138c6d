import { randomBytes } from 'node:crypto';
import { SmsOtpError } from '../errors.ts';
import { type CodeLength, deriveCode } from './code.ts';
import type { Keyring } from './keyring.ts';
import type { Payer } from './payer.ts';
import type { Clock, SharedState } from './ports.ts';

/** What a code is asked for; a code for one purpose is worth nothing for another. */
export type Purpose = 'sign-in' | 'step-up' | 'enroll' | 'change';

/** What becomes of a user's numbers, in E.164. `vouchedBy` is the one whose code has allowed the new one. */
export type PhoneChange =
  | { readonly add: string }
  | { readonly add: string; readonly vouchedBy: string }
  | { readonly remove: string };

/** One pending code and its facts. The code itself is not among them. */
export interface Challenge {
  /** 128 random bits that never leave the server. */
  readonly id: string;
  /** The sign-in that it belongs to: what its cool-down is counted by. */
  readonly signIn: string;
  readonly purpose: Purpose;
  readonly subject: string;
  /** E.164. */
  readonly number: string;
  /** What its code changes, where it is asked for on the account page. */
  readonly change?: PhoneChange;
  /** Who pays for its guesses and sends. */
  readonly payer: Payer;
  /** What the client's address is counted under. */
  readonly addressBlock: string;
  /** Fingerprint of the secret that its codes come from. */
  readonly secret: string;
  /** Counts the codes of this challenge; only the latest is accepted. */
  readonly generation: number;
  /** Milliseconds since 1970, for display and for the resend rule: what is accepted, the record's TTL decides. */
  readonly endsAt: number;
}

export interface CodePolicy {
  readonly codeLength: CodeLength;
  readonly codeTtlSeconds: number;
}

/** The records of pending challenges. No record, no code. */
export class Challenges {
  readonly #state: SharedState;
  readonly #keyring: Keyring;
  readonly #clock: Clock;
  readonly #policy: CodePolicy;

  constructor(state: SharedState, keyring: Keyring, clock: Clock, policy: CodePolicy) {
    this.#state = state;
    this.#keyring = keyring;
    this.#clock = clock;
    this.#policy = policy;
  }

  /** A new one, which is not pending before it is written. */
  draw(facts: Omit<Challenge, 'id' | 'secret' | 'generation' | 'endsAt'>): Challenge {
    const id = randomBytes(16).toString('base64url');
    return { ...facts, id, secret: this.#keyring.newest, generation: 0, endsAt: this.#end() };
  }

  /** It is pending from here on: never for one that was claimed. */
  async write(challenge: Challenge): Promise<Challenge> {
    await this.#state.set(this.#key(challenge.id), JSON.stringify(challenge), this.#policy.codeTtlSeconds);
    return challenge;
  }

  /** The next code, with a new life; the one before is dead from here on. */
  async renew(challenge: Challenge): Promise<Challenge> {
    // Where its code was entered in this moment, nothing brings it back.
    if (!(await this.claim(challenge.id))) throw codeExpired();
    return this.write({ ...challenge, generation: challenge.generation + 1, endsAt: this.#end() });
  }

  /** Where what the code was claimed for could not be done after all. */
  async restore(challenge: Challenge): Promise<void> {
    // By this process's clock, which may be behind: never longer than a life.
    const seconds = Math.min(this.secondsLeft(challenge), this.#policy.codeTtlSeconds);
    if (seconds > 0) await this.#state.set(this.#key(challenge.id), JSON.stringify(challenge), seconds);
  }

  async read(id: string): Promise<Challenge | undefined> {
    const record = await this.#state.get(this.#key(id));
    return record === undefined ? undefined : JSON.parse(record);
  }

  /** True for the one caller that ended it. */
  claim(id: string): Promise<boolean> {
    return this.#state.delete(this.#key(id));
  }

  /** True while more than half of the code's life is left: it is then sent again rather than replaced. */
  isFresh(challenge: Challenge): boolean {
    return challenge.endsAt - this.#clock() > (this.#policy.codeTtlSeconds * 1000) / 2;
  }

  secondsLeft(challenge: Challenge): number {
    return Math.max(0, Math.ceil((challenge.endsAt - this.#clock()) / 1000));
  }

  /** `undefined` where the secret that it began with is gone. */
  code(challenge: Challenge): string | undefined {
    const { secret, id, purpose, subject, number } = challenge;
    const key = this.#keyring.deriveKey(secret, 'code', id, purpose, subject, number);
    return key && deriveCode(key, challenge.generation, this.#policy.codeLength);
  }

  #end(): number {
    return this.#clock() + this.#policy.codeTtlSeconds * 1000;
  }

  #key(id: string): string {
    return this.#keyring.stateKey('challenge', id);
  }
}

/** What stands on the grant that it began with: where that was revoked, its code opens nothing. */
export function needsGrant({ purpose, change }: Challenge): boolean {
  return purpose === 'step-up' || change !== undefined;
}

/** The challenge is over, or somebody was faster with it. */
export function codeExpired(): SmsOtpError {
  return new SmsOtpError('CODE_EXPIRED', 'This code is no longer valid. Please ask for a new one.');
}
