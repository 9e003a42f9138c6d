import type { Challenge, Challenges } from './challenge.ts';
import type { Directory } from './fault.ts';
import type { Grant, Grants } from './grant.ts';
import { type Country, readPhoneNumbers } from './phone-number.ts';
import type { Clock } from './ports.ts';
import type { User } from './user.ts';

/** How long the way from the first factor to the code may take. */
const UNFINISHED_MILLISECONDS = 15 * 60 * 1000;

export type Stage = 'none' | 'number' | 'send' | 'enroll' | 'code' | 'verified';

/**
 * What the session holds about one sign-in. Nothing in it is a counter or must change atomically: sessions are read,
 * modified and written as a whole, and the last writer wins.
 */
export interface SignIn {
  /** Names this sign-in where its session id will still change. */
  readonly id: string;
  /** The user's stable id. */
  readonly subject: string;
  /** Milliseconds since 1970 of the first factor. */
  readonly startedAt: number;
  /** Authentication methods (RFC 8176) of the first factor. */
  readonly amr: readonly string[];
  /** What the app's own login named, where it signs people in. */
  readonly named?: string | undefined;
  /** The user's own, for pages that need no directory. */
  readonly locale?: string | undefined;
  readonly challengeId?: string | undefined;
  /** E.164; the one that was chosen where there are several. */
  readonly number?: string | undefined;
  readonly grantId?: string | undefined;
  readonly returnTo?: string | undefined;
  /** E.164; the list that was last shown, which an index means. */
  readonly shown?: readonly string[] | undefined;
}

/** Where a sign-in stands: worked out anew each time from the shared state. */
export interface Standing {
  readonly stage: Stage;
  readonly signIn?: SignIn;
  readonly challenge?: Challenge;
  readonly grant?: Grant;
}

/** A standing together with what the directory says of the user now. */
export interface FullStanding extends Standing {
  readonly user?: User;
  /** E.164; empty where none can be read. */
  readonly numbers: readonly string[];
}

export interface SignInParts {
  readonly challenges: Challenges;
  readonly grants: Grants;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly defaultCountry: Country | undefined;
  readonly onUnreadableNumber: (masked: string) => void;
}

/** Says where a sign-in stands. */
export class SignInPolicy {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** Asks the shared state only: a directory that is down stops nobody who is signed in. */
  async standing(signIn: SignIn | undefined): Promise<Standing> {
    if (signIn === undefined) return { stage: 'none' };
    const { grants, challenges } = this.#parts;
    const grant = signIn.grantId === undefined ? undefined : await grants.find(signIn.grantId);
    const agreed = grant?.subject === signIn.subject ? { grant } : {};
    if (agreed.grant === undefined && this.#isOverdue(signIn)) return { stage: 'none' };
    const challenge = signIn.challengeId === undefined ? undefined : await challenges.read(signIn.challengeId);
    // A step-up stands on the grant that it began with: where that was revoked, its code opens nothing.
    const isVoid = challenge?.purpose === 'step-up' && agreed.grant === undefined;
    if (isVoid) return { stage: 'send', signIn: { ...signIn, challengeId: undefined } };
    if (challenge?.subject === signIn.subject) return { stage: 'code', signIn, challenge, ...agreed };
    return { stage: agreed.grant?.acr === undefined ? 'send' : 'verified', signIn, ...agreed };
  }

  /** Neither its pending code nor its grant is worth anything from here on. */
  async end({ challengeId, grantId }: SignIn): Promise<void> {
    const { challenges, grants } = this.#parts;
    if (challengeId !== undefined) await challenges.claim(challengeId);
    if (grantId !== undefined) await grants.end(grantId);
  }

  /** Asks the directory, too; a user who is gone there has no sign-in. */
  async withNumbers(standing: Standing): Promise<FullStanding> {
    const { signIn } = standing;
    const user = signIn && (await this.#parts.directory.findUser({ id: signIn.subject }));
    return user === undefined ? { stage: 'none', numbers: [] } : this.decide(standing, user);
  }

  /** Tells `send` from `number`. */
  decide(standing: Standing, user: User): FullStanding {
    const { stage, signIn, grant } = standing;
    const numbers = this.numbersOf(user);
    const isChosen = numbers.length < 2 || numbers.includes(signIn?.number ?? '');
    const mustChoose = stage === 'send' && grant === undefined && !isChosen;
    return { ...standing, user, numbers, stage: mustChoose ? 'number' : stage };
  }

  numbersOf(user: User): readonly string[] {
    return readPhoneNumbers(user.phoneNumbers, this.#parts.defaultCountry, this.#parts.onUnreadableNumber);
  }

  #isOverdue(signIn: SignIn): boolean {
    return this.#parts.clock() - signIn.startedAt > UNFINISHED_MILLISECONDS;
  }
}
