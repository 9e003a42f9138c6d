import { SmsOtpError } from '../errors.ts';
import { type ChallengeFacts, isStillWanted, type PhoneChange } from './challenge.ts';
import type { Enrollment } from './enrollment.ts';
import { conflict } from './phone-book.ts';
import { purposeOf, type SignInFlow } from './sign-in-flow.ts';
import { noPhoneNumber, type StartedFlow } from './sign-in-start.ts';
import type { User } from './user.ts';

/**
 * The number that the code goes to if none is named: the pending one's, the chosen one, or the only one.
 *
 * @throws SmsOtpError `CONFLICT`, `NO_PHONE_NUMBER`
 */
export function pickNumber({ stage, user, numbers, challenge, signIn }: SignInFlow): string {
  const [only, ...others] = numbers;
  if (stage === 'enroll') {
    throw new SmsOtpError('CONFLICT', { words: 'enterNumberFirst' });
  }
  if (only === undefined) throw noPhoneNumber(user);
  const candidates = [challenge?.number, signIn?.record.number];
  const known = candidates.find((number) => number !== undefined && numbers.includes(number));
  if (known === undefined && others.length > 0) {
    throw new SmsOtpError('CONFLICT', { words: 'chooseNumberFirst' });
  }
  return known ?? only;
}

/** A pending purpose is repeated; else the sign-in, or the step-up, begins. */
export function impliedCode(flow: StartedFlow, enrollment: Enrollment): ChallengeFacts {
  const { challenge, user, numbers } = flow;
  if (challenge?.purpose !== 'enroll') {
    return { number: pickNumber(flow), purpose: purposeOf(flow), change: challenge?.change };
  }
  const mayEnroll = (one: User): boolean => enrollment.mayEnroll(one);
  if (isStillWanted(challenge, user, () => numbers, mayEnroll)) return challenge;
  throw conflict('The phone numbers were changed meanwhile. Please sign in again.');
}

/** A pending change goes on with another of the user's phones; a number that is being added is left behind. */
export function chosenCode(flow: SignInFlow, number: string): ChallengeFacts {
  const { challenge, ...rest } = flow;
  if (challenge?.purpose !== 'change') return { number, purpose: purposeOf({ ...rest, stage: 'send' }) };
  const { change } = challenge;
  if (change !== undefined && 'remove' in change && change.remove === number) {
    throw conflict('The code must go to a number that stays.');
  }
  return { number, purpose: 'change', change };
}

/**
 * A code to a phone that stays. The code of the sign-in does not count: it may have been read over a shoulder, or from a
 * stolen session's page. `undefined` if no phone stays.
 */
export function changeCode({ numbers, signIn }: SignInFlow, change: PhoneChange): ChallengeFacts | undefined {
  const staying = numbers.filter((number) => !('remove' in change) || number !== change.remove);
  const [number] = [...staying.filter((candidate) => candidate === signIn?.record.number), ...staying];
  return number === undefined ? undefined : { number, purpose: 'change', change };
}

/** A change whose code has died: a new code would not be for it. */
export function isChangeOver({ stage, challenge, signIn }: SignInFlow): boolean {
  const purpose = signIn?.record.purpose;
  return stage === 'verified' && challenge === undefined && (purpose === 'change' || purpose === 'enroll');
}

/**
 * The flow of somebody who wants to go on to another page than the account. A change of numbers that is pending, or that
 * is over, is left out: else a step-up would confirm a change that somebody else began in this session.
 */
export function withoutChange<Flow extends SignInFlow>(flow: Flow): Flow {
  const { signIn, challenge } = flow;
  const isAboutChange = challenge?.change !== undefined || isChangeOver(flow);
  if (!isAboutChange || signIn === undefined) return flow;
  const record = { ...signIn.record, purpose: undefined };
  return { ...flow, stage: 'verified', challenge: undefined, pending: undefined, signIn: { ...signIn, record } };
}

/**
 * The number at a place in the list that the sign-in was shown last; `undefined` if it is not there any more.
 */
export function shownNumber({ signIn, numbers }: SignInFlow, place: number): string | undefined {
  const number = signIn?.record.shown?.[place];
  return number !== undefined && numbers.includes(number) ? number : undefined;
}

/** A number, by its place in the list that the sign-in was shown last. */
export interface NumberAt {
  readonly place: number;
  /** E.164. */
  readonly number: string;
}

/**
 * Numbers that are gone meanwhile are left out, and while one is to be removed that one, too: the code must go to another.
 */
export function numbersToChoose({ signIn, numbers, challenge }: SignInFlow): readonly NumberAt[] {
  const change = challenge?.change;
  const leaving = change !== undefined && 'remove' in change ? change.remove : undefined;
  return (signIn?.record.shown ?? numbers).flatMap((number, place) =>
    numbers.includes(number) && number !== leaving ? [{ place, number }] : [],
  );
}
