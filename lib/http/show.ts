import type { Request, RequestHandler } from 'express';
import type { FullStanding } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import type { PageName } from '../views.ts';
import { canEnroll } from './enroll.ts';
import { prefersHtml } from './negotiation.ts';
import { sendPage } from './page.ts';
import { handler } from './part.ts';
import { isChangeOver, withoutChange } from './pending-change.ts';
import { readReturnTo } from './return-to.ts';
import { isVerified } from './standing.ts';
import { locationOf, numberChoices, settledStanding, stateFacts } from './state.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

export function showLogin(wiring: Wiring): RequestHandler {
  return showPage(wiring, 'login', ({ stage }) => stage === 'none');
}

export function showNumbers(wiring: Wiring): RequestHandler {
  const show = showPage(wiring, 'number', hasChoice, (visitor) => wiring.visitors.fullStanding(visitor));
  return handler(wiring, 'showNumbers', async (req, res, next) => {
    const standing = await wiring.visitors.fullStanding(await wiring.visitors.of(req));
    if (hasChoice(standing)) await noteList(wiring, req, standing);
    await show(req, res, next);
  });
}

export function showEnroll(wiring: Wiring): RequestHandler {
  return showPage(
    wiring,
    'enroll',
    (standing) => canEnroll(wiring, standing),
    (visitor) => wiring.visitors.fullStanding(visitor),
  );
}

/** The user's numbers; a program is told them beside the state. */
export function showAccount(wiring: Wiring): RequestHandler {
  const show = showPage(wiring, 'account', isVerified, (visitor) => wiring.visitors.fullStanding(visitor));
  return handler(wiring, 'showAccount', async (req, res, next) => {
    const visitor = await wiring.visitors.of(req);
    const standing = await wiring.visitors.fullStanding(visitor);
    const isFitting = isVerified(standing);
    if (isFitting) await noteList(wiring, req, standing);
    if (!isFitting || prefersHtml(req)) return void (await show(req, res, next));
    const facts = await stateFacts(wiring, visitor, await settledStanding(wiring, visitor));
    const { stage, numbers } = standing;
    res.json({ ...facts, numbers: numberChoices({ stage, numbers }) });
  });
}

/** An index will mean its entry in this list, also where the directory changes meanwhile. */
async function noteList(wiring: Wiring, req: Request, { signIn, numbers }: FullStanding): Promise<void> {
  if (signIn === undefined || signIn.shown?.join() === numbers.join()) return;
  await wiring.sessions.write(req, { ...signIn, shown: numbers });
}

/**
 * The pending code, or the button that sends one. A step-up with several numbers begins with a choice, and one without
 * any, by a user who was exempt, with a number of their own.
 */
export function showCode(wiring: Wiring): RequestHandler {
  const fits = (standing: FullStanding): boolean => {
    if (['none', 'number', 'enroll'].includes(standing.stage) || isChangeOver(standing)) return false;
    const isOpen = !hasChoice(standing) && !canEnroll(wiring, standing);
    return standing.challenge !== undefined || standing.grant === undefined || isOpen;
  };
  return showPage(wiring, 'code', fits, async (visitor, returnTo) => {
    const standing = await pageStanding(wiring, visitor);
    const wanted = withoutChange(visitor, standing, returnTo);
    return wanted === standing
      ? standing
      : withoutChange(visitor, await wiring.visitors.fullStanding(visitor), returnTo);
  });
}

export function showState(wiring: Wiring): RequestHandler {
  return handler(wiring, 'showState', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    res.json(await stateFacts(wiring, visitor, await settledStanding(wiring, visitor)));
  });
}

/** After a part has done its work: the state, or the page on which it goes on. */
export function answerState(wiring: Wiring): RequestHandler {
  return handler(wiring, 'answerState', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = await settledStanding(wiring, visitor);
    if (prefersHtml(req)) res.redirect(303, locationOf(visitor, standing));
    else res.json(await stateFacts(wiring, visitor, standing));
  });
}

/** Shows a page where it fits, and leads on where it does not. A program is told the state. */
function showPage(
  wiring: Wiring,
  name: PageName,
  fits: (standing: FullStanding) => boolean,
  standingOf = (visitor: Visitor, _returnTo: string | undefined) => pageStanding(wiring, visitor),
): RequestHandler {
  return handler(wiring, `show ${name}`, async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const asked = readReturnTo(req.query.returnTo);
    if (!prefersHtml(req)) {
      return void res.json(await stateFacts(wiring, visitor, await settledStanding(wiring, visitor), asked));
    }
    const standing = await standingOf(visitor, asked);
    // Of somebody whom the directory does not know, the app's login would only lead here again.
    if (standing.stage === 'none' && visitor.named !== undefined) throw unknownPerson();
    if (fits(standing)) return sendPage(res, name, { wiring, req, visitor, standing, error: undefined });
    res.redirect(303, wayOn(wiring, visitor, standing, { name, returnTo: asked ?? standing.signIn?.returnTo }));
  });
}

function unknownPerson(): SmsOtpError {
  return new SmsOtpError('NO_PHONE_NUMBER', 'The directory does not know this person.');
}

/** Where a page that does not fit leads to; never to itself. */
function wayOn(
  wiring: Wiring,
  visitor: Visitor,
  standing: FullStanding,
  { name, returnTo }: { readonly name: PageName; readonly returnTo: string | undefined },
): string {
  const { paths } = visitor;
  const { stage, grant } = standing;
  if (name === 'account') return paths.of(stage === 'verified' ? 'send' : stage, paths.account);
  if (isChangeOver(standing)) return paths.account;
  if (name !== 'code' || grant === undefined) return locationOf(visitor, standing, returnTo);
  return paths.of(canEnroll(wiring, standing) ? 'enroll' : 'number', returnTo);
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
