import type { RequestHandler } from 'express';
import type { FullStanding } from '../domain/sign-in.ts';
import type { PageName } from '../views.ts';
import { prefersHtml } from './negotiation.ts';
import { sendPage } from './page.ts';
import { handler } from './part.ts';
import { readReturnTo } from './return-to.ts';
import { locationOf, settledStanding, stateFacts } from './state.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

export function showLogin(wiring: Wiring): RequestHandler {
  return showPage(wiring, 'login', ({ stage }) => stage === 'none');
}

/** Notes the list in the session: an index will mean its entry, also where the directory changes meanwhile. */
export function showNumbers(wiring: Wiring): RequestHandler {
  const show = showPage(wiring, 'number', hasChoice, (visitor) => wiring.visitors.fullStanding(visitor));
  return handler(wiring, 'showNumbers', async (req, res, next) => {
    const { signIn, numbers } = await wiring.visitors.fullStanding(await wiring.visitors.of(req));
    const isNew = numbers.length > 1 && signIn?.shown?.join() !== numbers.join();
    if (signIn !== undefined && isNew) await wiring.sessions.write(req, { ...signIn, shown: numbers });
    await show(req, res, next);
  });
}

/** The pending code, or the button that sends one. A step-up with several numbers begins with a choice. */
export function showCode(wiring: Wiring): RequestHandler {
  return showPage(wiring, 'code', (standing) => {
    if (standing.stage === 'none' || standing.stage === 'number') return false;
    return standing.challenge !== undefined || standing.grant === undefined || !hasChoice(standing);
  });
}

export function showState(wiring: Wiring): RequestHandler {
  return handler(wiring, 'showState', async (req, res) => {
    res.json(await stateFacts(wiring, await wiring.visitors.of(req)));
  });
}

/** After a part has done its work: the state, or the page on which it goes on. */
export function answerState(wiring: Wiring): RequestHandler {
  return handler(wiring, 'answerState', async (req, res) => {
    const facts = await stateFacts(wiring, await wiring.visitors.of(req));
    if (prefersHtml(req)) res.redirect(303, facts.location);
    else res.json(facts);
  });
}

/** Shows a page where it fits, and leads on where it does not. A program is told the state. */
function showPage(
  wiring: Wiring,
  name: PageName,
  fits: (standing: FullStanding) => boolean,
  standingOf = (visitor: Visitor) => pageStanding(wiring, visitor),
): RequestHandler {
  return handler(wiring, `show ${name}`, async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const asked = readReturnTo(req.query.returnTo);
    if (!prefersHtml(req)) return void res.json(await stateFacts(wiring, visitor, asked));
    const standing = await standingOf(visitor);
    if (fits(standing)) return sendPage(res, name, { wiring, req, visitor, standing, error: undefined });
    const isStepUp = standing.grant !== undefined && name === 'code';
    const returnTo = asked ?? standing.signIn?.returnTo;
    res.redirect(303, isStepUp ? visitor.paths.of('number', returnTo) : locationOf(visitor, standing, returnTo));
  });
}

/** With the user's numbers, unless a code is pending: then the page does not need them. */
export async function pageStanding(wiring: Wiring, visitor: Visitor): Promise<FullStanding> {
  const standing = await settledStanding(wiring, visitor);
  const needsNumbers = standing.grant !== undefined && standing.challenge === undefined;
  return needsNumbers ? wiring.visitors.fullStanding(visitor) : standing;
}

function hasChoice({ numbers }: FullStanding): boolean {
  return numbers.length > 1;
}
