import type { Request } from 'express';
import type { SignIn } from '../domain/sign-in.ts';
import type { User } from '../domain/user.ts';
import { eventFacts } from './event-facts.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** Whether this user needs no code; where the app's own rule throws, the request is refused. */
export async function isExempt(wiring: Wiring, req: Request, user: User): Promise<boolean> {
  return (await wiring.requiredFor(user, req)) === false;
}

/** A grant that says honestly what happened: no second factor. */
export async function giveExemption(wiring: Wiring, visitor: Visitor, user: User, signIn: SignIn): Promise<SignIn> {
  const grantId = await wiring.grants.give(user, { amr: signIn.amr, epoch: signIn.epoch });
  wiring.notify('userExempt', eventFacts(wiring, visitor, user.id));
  return { ...signIn, grantId };
}
