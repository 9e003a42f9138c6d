import type { Challenge } from '../domain/challenge.ts';
import { type ChangeRule, changedMeanwhile } from '../domain/phone-book.ts';
import type { SignIn, Standing } from '../domain/sign-in.ts';
import type { Verified } from '../domain/verification.ts';
import { requestFacts } from './event-facts.ts';
import { send } from './send-code.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/**
 * Does what a right code was for.
 *
 * @returns the sign-in that goes on with a code to the new number, where one is to be added
 */
export async function carryOut(
  wiring: Wiring,
  visitor: Visitor,
  { signIn, grant }: Standing & { readonly signIn: SignIn },
  { challenge, user }: Verified,
): Promise<SignIn | undefined> {
  const { purpose, number, change } = challenge;
  const request = requestFacts(visitor);
  if (purpose === 'enroll') {
    await wiring.phoneBook.change(user.id, { add: number }, mayWrite(wiring, challenge), request);
  } else if (change !== undefined && 'remove' in change) {
    await wiring.phoneBook.change(user.id, change, mayRemove(change.remove), request);
  } else if (change !== undefined) {
    const standing = { stage: 'code', user, signIn, numbers: [], ...(grant === undefined ? {} : { grant }) } as const;
    const destination = { number: change.add, purpose: 'enroll', change } as const;
    return send(wiring, visitor, standing, destination, signIn.returnTo);
  }
  return undefined;
}

/** What was written already, by a try of which nobody learned the end, is well. */
function mayWrite({ enrollment }: Wiring, { number, change }: Challenge): ChangeRule {
  return (numbers, user) => {
    const mayBe = change === undefined ? enrollment.mayEnroll(user) : enrollment.mayAdd(numbers);
    if (!mayBe && !numbers.includes(number)) throw changedMeanwhile('The numbers were changed meanwhile.');
  };
}

function mayRemove(number: string): ChangeRule {
  return (numbers) => {
    const isLast = numbers.length < 2;
    if (isLast || !numbers.includes(number)) throw changedMeanwhile('The numbers were changed meanwhile.');
  };
}
