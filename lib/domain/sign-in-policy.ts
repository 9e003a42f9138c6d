import { type Challenge, type Challenges, needsGrant } from './challenge.ts';
import type { EndedSignIns } from './ended-sign-ins.ts';
import type { Enrollment } from './enrollment.ts';
import type { Directory } from './fail-closed.ts';
import type { Grants } from './grant.ts';
import type { NumberReader, UnreadableValue } from './number-reader.ts';
import type { Clock } from './ports.ts';
import type { FullStanding, SignIn, Standing } from './sign-in.ts';
import type { User } from './user.ts';

/** How long the way from the first factor to the code may take. */
const UNFINISHED_SECONDS = 15 * 60;

export interface SignInParts {
  readonly challenges: Challenges;
  readonly grants: Grants;
  readonly ended: EndedSignIns;
  readonly directory: Directory;
  readonly enrollment: Enrollment;
  readonly clock: Clock;
  readonly numbers: NumberReader;
  readonly onUnreadable: (user: User, values: readonly UnreadableValue[]) => void;
}

/** Says where a sign-in stands. */
export class SignInPolicy {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** The first factor was right. */
  async begin(facts: Omit<SignIn, 'startedAt' | 'epoch'>): Promise<SignIn> {
    const { grants, clock } = this.#parts;
    return { ...facts, startedAt: clock(), epoch: await grants.epochOf(facts.subject) };
  }

  /** Asks the shared state only: a directory that is down stops nobody who is signed in. */
  async standing(signIn: SignIn | undefined): Promise<Standing> {
    if (signIn === undefined) return { stage: 'none' };
    const { grants, challenges } = this.#parts;
    const grant = signIn.grantId === undefined ? undefined : await grants.find(signIn.grantId);
    const agreed = grant?.subject === signIn.subject ? { grant } : {};
    const [isOver, challenge] = await Promise.all([
      agreed.grant === undefined && this.#isOver(signIn),
      signIn.challengeId === undefined ? undefined : challenges.read(signIn.challengeId),
    ]);
    if (isOver) return { stage: 'none' };
    if (challenge !== undefined && needsGrant(challenge) && agreed.grant === undefined)
      return { stage: 'send', signIn: { ...signIn, challengeId: undefined } };
    if (challenge?.subject === signIn.subject) return { stage: 'code', signIn, challenge, ...agreed };
    return { stage: agreed.grant?.acr === undefined ? 'send' : 'verified', signIn, ...agreed };
  }

  /** The standing, as far as nothing needs to be asked for it: without a pending code, the grant alone decides. */
  cached(signIn: SignIn | undefined): Standing | undefined {
    if (signIn?.grantId === undefined || signIn.challengeId !== undefined) return undefined;
    const grant = this.#parts.grants.cached(signIn.grantId);
    if (grant?.subject !== signIn.subject) return undefined;
    return { stage: grant.acr === undefined ? 'send' : 'verified', signIn, grant };
  }

  /**
   * It has its grant: an older copy of the session, which a slow request may still write back, is worth nothing now.
   */
  async finish(signIn: SignIn): Promise<void> {
    await this.#parts.ended.add(signIn, UNFINISHED_SECONDS);
  }

  isEnded(signIn: SignIn): Promise<boolean> {
    return this.#parts.ended.has(signIn);
  }

  /** Neither its pending code nor its grant is worth anything from here on. */
  async end(signIn: SignIn): Promise<void> {
    const { challenges, grants, ended } = this.#parts;
    const { challengeId, grantId } = signIn;
    await Promise.all([
      ended.add(signIn, UNFINISHED_SECONDS),
      challengeId !== undefined && challenges.claim(challengeId),
      grantId !== undefined && grants.end(grantId),
    ]);
  }

  /** Asks the directory, too; a user who is gone there has no sign-in, nor any other session. */
  async withNumbers(standing: Standing): Promise<FullStanding> {
    const { signIn } = standing;
    const user = signIn && (await this.#parts.directory.findUser({ id: signIn.subject }));
    if (user !== undefined) return this.decide(standing, user);
    if (signIn !== undefined) await this.#parts.grants.endAll(signIn.subject);
    return { stage: 'none', numbers: [] };
  }

  /** Tells `send` from `number` and `enroll`. */
  decide(standing: Standing, user: User): FullStanding {
    const { stage, signIn, grant } = standing;
    const numbers = this.numbersOf(user);
    const full = { ...standing, user, numbers };
    if (stage !== 'send' || grant !== undefined) return full;
    if (this.#parts.enrollment.mayEnroll(user)) return { ...full, stage: 'enroll' };
    const isChosen = numbers.length < 2 || numbers.includes(signIn?.number ?? '');
    return { ...full, stage: isChosen ? 'send' : 'number' };
  }

  /** Whether the directory still agrees with what the challenge began with. */
  isStillMeant({ purpose, number, change }: Challenge, user: User): boolean {
    // A new number stands on the one whose code has vouched for it.
    const needed = change !== undefined && 'vouchedBy' in change ? change.vouchedBy : number;
    // A directory that holds E.164, as most do, need not be read again.
    const isKnown = user.phoneNumbers.includes(needed) || this.numbersOf(user).includes(needed);
    if (purpose !== 'enroll' || change !== undefined || isKnown) return isKnown;
    return this.#parts.enrollment.mayEnroll(user);
  }

  numbersOf(user: User): readonly string[] {
    const { numbers, unreadable } = this.#parts.numbers.readAll(user.phoneNumbers, user.country);
    if (unreadable.length > 0) this.#parts.onUnreadable(user, unreadable);
    return numbers;
  }

  /** Without a grant: not finished in time, signed out, or signed out everywhere since it began. */
  async #isOver(signIn: SignIn): Promise<boolean> {
    const { clock, grants, ended } = this.#parts;
    const { startedAt, subject, epoch } = signIn;
    if (clock() - startedAt > UNFINISHED_SECONDS * 1000) return true;
    const [hasEnded, isEpoch] = await Promise.all([
      ended.has(signIn),
      epoch === undefined || grants.isCurrentEpoch(subject, epoch),
    ]);
    return hasEnded || !isEpoch;
  }
}
