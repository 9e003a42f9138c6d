import type { PhoneChange, Purpose } from '../domain/challenge.ts';
import type { SignIn } from '../domain/sign-in.ts';
import { localeOf, wishesOf } from '../domain/user.ts';
import type { SignedIn } from './standing.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** Where a code goes, and what for. */
export interface Destination {
  /** E.164. */
  readonly number: string;
  readonly purpose: Purpose;
  readonly change?: PhoneChange | undefined;
}

/**
 * Sends a code, or the same again.
 *
 * @returns the sign-in with its pending challenge, for the session to hold
 */
export async function send(
  wiring: Wiring,
  visitor: Visitor,
  { user, signIn, challenge, grant }: SignedIn,
  destination: Destination,
  returnTo: string | undefined,
): Promise<SignIn> {
  const { number, purpose, change } = destination;
  const { ip, requestId, addressBlock, token } = visitor;
  const languages = wishesOf(localeOf(user), visitor.languages);
  const payer = await wiring.payers.of(user.id, token);
  const client = { payer, ip, requestId, addressBlock, languages };
  const order = { user, number, purpose, change, signIn: signIn.id, challengeId: challenge?.id, ...client };
  const { id } = await wiring.dispatch.send(order);
  // A step-up goes where it was asked for, not where the sign-in once led.
  const isContinued = grant?.acr === undefined || challenge !== undefined;
  return {
    ...signIn,
    challengeId: id,
    purpose,
    // A number that is not proven is nobody's choice yet.
    number: purpose === 'enroll' ? signIn.number : number,
    returnTo: returnTo ?? (isContinued ? signIn.returnTo : undefined),
  };
}
