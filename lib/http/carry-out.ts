import type { Challenge } from '../domain/challenge.ts';
import { type ChangeRule, conflict } from '../domain/phone-book.ts';
import type { SignIn, Standing } from '../domain/sign-in.ts';
import type { Verified } from '../domain/verification.ts';
import { requestFacts } from './event-facts.ts';
import { send } from './send.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** What comes after a right code: the sign-in with another code to the new number, or the epoch of a grant. */
export type Outcome = { readonly next: SignIn } | { readonly epoch: string | undefined };

/**
 * Does what a right code was for.
 *
 * @param epoch of the sign-in, or of the grant that it stands on
 */
export async function carryOut(
  wiring: Wiring,
  visitor: Visitor,
  { signIn, grant, epoch }: Standing & { readonly signIn: SignIn; readonly epoch: string | undefined },
  { challenge, user }: Verified,
): Promise<Outcome> {
  const { purpose, number, change } = challenge;
  const terms = { request: requestFacts(visitor), epoch };
  if (purpose === 'enroll') {
    const assertAllowed = mayWrite(wiring, challenge);
    return { epoch: await wiring.phoneBook.change(user.id, { add: number }, { ...terms, assertAllowed }) };
  }
  if (change === undefined) return { epoch };
  if ('remove' in change) {
    const assertAllowed = mayRemove(change.remove);
    return { epoch: await wiring.phoneBook.change(user.id, change, { ...terms, assertAllowed }) };
  }
  const standing = { stage: 'code', user, signIn, numbers: [], ...(grant === undefined ? {} : { grant }) } as const;
  const vouched = { add: change.add, vouchedBy: number };
  const destination = { number: change.add, purpose: 'enroll', change: vouched } as const;
  return { next: await send(wiring, visitor, standing, destination, signIn.returnTo) };
}

/** A retry after an outcome that nobody learned finds the number there already: that is fine. */
function mayWrite({ enrollment }: Wiring, { number, change }: Challenge): ChangeRule {
  return (numbers, user) => {
    const mayBe = change === undefined ? enrollment.mayEnroll(user) : enrollment.mayAdd(numbers);
    if (!mayBe && !numbers.includes(number)) throw conflict('The numbers were changed meanwhile.');
  };
}

function mayRemove(number: string): ChangeRule {
  return (numbers) => {
    const isLast = numbers.length < 2;
    if (isLast && numbers.includes(number)) throw conflict('The numbers were changed meanwhile.');
  };
}
