import type { Request, RequestHandler, Response } from 'express';
import type { FullStanding } from '../domain/sign-in.ts';
import { SmsOtpError } from '../errors.ts';
import type { PageName } from '../views.ts';
import { canEnroll } from './enroll.ts';
import type { PageView } from './locals.ts';
import { prefersHtml } from './negotiation.ts';
import { sendPage } from './page.ts';
import { handler } from './part.ts';
import { isChangeOver, withoutChange } from './pending-change.ts';
import { readReturnTo } from './return-to.ts';
import { isVerified } from './standing.ts';
import { locationOf, numberChoices, stateFacts } from './state.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** A page, and for whom it is. */
interface Place {
  readonly name: PageName;
  readonly fits: (standing: FullStanding) => boolean;
}

const LOGIN: Place = { name: 'login', fits: ({ stage }) => stage === 'none' };
const NUMBER: Place = { name: 'number', fits: hasChoice };
const ACCOUNT: Place = { name: 'account', fits: isVerified };

export function showLogin(wiring: Wiring): RequestHandler {
  return showPage(wiring, LOGIN);
}

export function showNumbers(wiring: Wiring): RequestHandler {
  return handler(wiring, 'showNumbers', async (req, res) => {
    const view = await viewWithList(wiring, req, NUMBER);
    if (prefersHtml(req)) await showWhereItFits(res, NUMBER, view);
    else res.json(await stateFacts(wiring, view.visitor, view.standing, readReturnTo(req.query.returnTo)));
  });
}

/** The user's numbers; a program is told them beside the state. */
export function showAccount(wiring: Wiring): RequestHandler {
  return handler(wiring, 'showAccount', async (req, res) => {
    const view = await viewWithList(wiring, req, ACCOUNT);
    if (prefersHtml(req)) return showWhereItFits(res, ACCOUNT, view);
    const { visitor, standing } = view;
    const { stage, numbers } = standing;
    if (isVerified(standing)) {
      res.json({
        ...(await stateFacts(wiring, visitor, standing)),
        numbers: numberChoices({ stage, numbers }, wiring.masks),
      });
    } else {
      res.json(await stateFacts(wiring, visitor, standing, readReturnTo(req.query.returnTo)));
    }
  });
}

export function showEnroll(wiring: Wiring): RequestHandler {
  const enroll: Place = { name: 'enroll', fits: (standing) => canEnroll(wiring, standing) };
  return showPage(wiring, enroll, (visitor) => wiring.visitors.fullStanding(visitor));
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
  return showPage(wiring, { name: 'code', fits }, async (visitor, returnTo) => {
    const standing = await wiring.visitors.pageStanding(visitor);
    const wanted = withoutChange(visitor, standing, returnTo);
    if (wanted.challenge === standing.challenge) return wanted;
    // The page does without the code that is pending: it needs the numbers.
    return withoutChange(visitor, await wiring.visitors.fullStanding(visitor), returnTo);
  });
}

/** Shows a page where it fits; a program is told the state. */
function showPage(
  wiring: Wiring,
  place: Place,
  standingOf = (visitor: Visitor, _returnTo: string | undefined) => wiring.visitors.pageStanding(visitor),
): RequestHandler {
  return handler(wiring, `show ${place.name}`, async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const returnTo = readReturnTo(req.query.returnTo);
    if (prefersHtml(req)) {
      const standing = await standingOf(visitor, returnTo);
      return showWhereItFits(res, place, { wiring, req, visitor, standing, error: undefined });
    }
    const standing = await wiring.visitors.settledStanding(visitor);
    res.json(await stateFacts(wiring, visitor, standing, returnTo));
  });
}

/** An index will mean its entry in this list, also where the directory changes meanwhile. */
async function viewWithList(wiring: Wiring, req: Request, { fits }: Place): Promise<PageView> {
  const visitor = await wiring.visitors.of(req);
  const standing = await wiring.visitors.fullStanding(visitor);
  const view = { wiring, req, visitor, standing, error: undefined };
  const { signIn, numbers } = standing;
  if (signIn === undefined || !fits(standing) || signIn.shown?.join() === numbers.join()) return view;
  const noted = { ...signIn, shown: numbers };
  await wiring.sessions.write(req, noted);
  return { ...view, standing: { ...standing, signIn: noted } };
}

/** Shows a page, or leads on to the one that fits. */
async function showWhereItFits(res: Response, { name, fits }: Place, view: PageView): Promise<void> {
  const { visitor, standing } = view;
  // Of somebody whom the directory does not know, the app's login would only lead here again.
  if (standing.stage === 'none' && visitor.currentUser !== undefined) {
    throw new SmsOtpError('NO_PHONE_NUMBER', 'The directory does not know this person.');
  }
  if (fits(standing)) return sendPage(res, name, view);
  res.redirect(303, wayOn(name, view));
}

/** Where a page that does not fit leads to; never to itself. */
function wayOn(name: PageName, { wiring, req, visitor, standing }: PageView): string {
  const { paths } = visitor;
  const { stage, grant, signIn } = standing;
  const returnTo = readReturnTo(req.query.returnTo) ?? signIn?.returnTo;
  if (name === 'account') return paths.of(stage === 'verified' ? 'send' : stage, paths.account);
  if (isChangeOver(standing)) return paths.account;
  if (name !== 'code' || grant === undefined) return locationOf(visitor, standing, returnTo);
  return paths.of(canEnroll(wiring, standing) ? 'enroll' : 'number', returnTo);
}

function hasChoice({ numbers }: FullStanding): boolean {
  return numbers.length > 1;
}
