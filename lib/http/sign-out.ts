import type { RequestHandler } from 'express';
import { eventFacts } from './event-facts.ts';
import { part } from './part.ts';
import type { Wiring } from './wiring.ts';

/** Ends the pending challenge, the grant and the session. */
export function signOut(wiring: Wiring): RequestHandler {
  return part(wiring, 'signOut', async (req) => {
    const visitor = await wiring.visitors.of(req);
    if (visitor.signIn !== undefined) await wiring.policy.end(visitor.signIn);
    await wiring.sessions.end(req);
    wiring.notify('signedOut', eventFacts(wiring, visitor));
  });
}
