import type { RequestHandler } from 'express';
import { prefersHtml } from './negotiation.ts';
import { handler } from './part.ts';
import { locationOf, stateFacts } from './state.ts';
import type { Wiring } from './wiring.ts';

export function showState(wiring: Wiring): RequestHandler {
  return handler(wiring, 'showState', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    res.json(await stateFacts(wiring, visitor, await wiring.visitors.settledStanding(visitor)));
  });
}

/** After a part has done its work: the state, or the page on which it goes on. */
export function answerState(wiring: Wiring): RequestHandler {
  return handler(wiring, 'answerState', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = await wiring.visitors.settledStanding(visitor);
    if (prefersHtml(req)) res.redirect(303, locationOf(visitor, standing));
    else res.json(await stateFacts(wiring, visitor, standing));
  });
}
