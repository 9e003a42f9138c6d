import type { Request, RequestHandler, Response } from 'express';
import type { Enrollment } from '../domain/enrollment.ts';
import { isByCode, isDoneBy } from '../domain/grant.ts';
import { isChangeOver, withoutChange } from '../domain/next-code.ts';
import type { DirectoryNeed, SignInFlow } from '../domain/sign-in-flow.ts';
import { localeOf, wishesOf } from '../domain/user.ts';
import { SmsOtpError } from '../errors.ts';
import type { PageName, RenderedPage } from '../views.ts';
import { type Deps, handler } from './action.ts';
import { setPageHeaders } from './headers.ts';
import { LOCALS, type PageView, recoveryCodesLeft } from './locals.ts';
import { isAskingMark, isKeptMark } from './marks.ts';
import { readReturnTo, withQuery } from './paths.ts';
import { prefersHtml } from './request.ts';
import { browserChoices, locationOf, numberChoices, stateFacts } from './state.ts';
import type { Visitor } from './visitor.ts';

/** A page, and for whom it is. */
interface Place {
  readonly name: PageName;
  /** `isAsked`: whether a gate has led here. */
  readonly fits: (flow: SignInFlow, isAsked: boolean) => boolean;
}

const LOGIN: Place = { name: 'login', fits: ({ stage }) => stage === 'none' };
const NUMBER: Place = { name: 'number', fits: (flow, isAsked) => hasChoice(flow) && (isAsked || !isDone(flow)) };
const ACCOUNT: Place = { name: 'account', fits: isVerified };

/** `basePath` itself: leads to where the sign-in stands. */
export function leadOn(deps: Deps): RequestHandler {
  return handler(deps, 'leadOn', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    const flow = await deps.domain.flows.look(visitor, 'for the stage');
    const returnTo = readReturnTo(req.query.returnTo);
    if (!prefersHtml(req)) return void res.json(await stateFacts(deps, visitor, flow, returnTo));
    assertKnown(deps, visitor, flow);
    res.redirect(303, locationOf(visitor, flow, returnTo));
  });
}

export function showLogin(deps: Deps): RequestHandler {
  return showPage(deps, LOGIN, 'unless pending');
}

export function showNumbers(deps: Deps): RequestHandler {
  return handler(deps, 'showNumbers', async (req, res) => {
    const view = await viewWithList(deps, req, NUMBER);
    if (prefersHtml(req)) await showWhereItFits(res, NUMBER, view);
    else res.json(await stateFacts(deps, view.visitor, view.flow, readReturnTo(req.query.returnTo)));
  });
}

/** The user's numbers; a program is told them beside the state. */
export function showAccount(deps: Deps): RequestHandler {
  return handler(deps, 'showAccount', async (req, res) => {
    const view = await viewWithList(deps, req, ACCOUNT);
    if (prefersHtml(req)) return showWhereItFits(res, ACCOUNT, view);
    const { visitor, flow } = view;
    const state = await stateFacts(
      deps,
      visitor,
      flow,
      isVerified(flow) ? undefined : readReturnTo(req.query.returnTo),
    );
    if (!isVerified(flow)) return void res.json(state);
    const { challenge: _, ...all } = flow;
    const browsers = browserChoices(flow);
    const left = await recoveryCodesLeft(deps, flow);
    const numbers = numberChoices({ ...all, signIn: undefined }, deps.domain.masks);
    res.json({
      ...state,
      numbers,
      ...(browsers !== undefined && { browsers }),
      ...(left !== undefined && { recoveryCodesLeft: left }),
    });
  });
}

export function showEnroll(deps: Deps): RequestHandler {
  return showPage(deps, { name: 'enroll', fits: (flow) => canEnroll(deps.domain.enrollment, flow) }, 'always');
}

/**
 * The pending code, or the button that sends one. A step-up with several numbers begins with a choice, and one without
 * any, by a user who was exempt, with a number of their own.
 */
export function showCode(deps: Deps): RequestHandler {
  const { enrollment, flows } = deps.domain;
  const fits = (flow: SignInFlow, isAsked: boolean): boolean => {
    if (isDone(flow) && !isAsked) return false;
    if (['none', 'number', 'enroll'].includes(flow.stage) || isChangeOver(flow)) return false;
    const isOpen = !hasChoice(flow) && !canEnroll(enrollment, flow);
    return flow.challenge !== undefined || flow.grant === undefined || isOpen;
  };
  return showPage(deps, { name: 'code', fits }, 'unless pending', async (visitor, flow, returnTo) => {
    if (!isElsewhere(visitor, returnTo)) return flow;
    const wanted = withoutChange(flow);
    if (wanted.challenge === flow.challenge) return wanted;
    // The page does without the code that is pending: it needs the numbers.
    return withoutChange(await flows.look(visitor, 'always'));
  });
}

/** A code of the help desk or a recovery code in place of one by SMS. */
export function showWithoutPhone(deps: Deps): RequestHandler {
  return showPage(deps, { name: 'withoutPhone', fits: mayGoWithoutPhone }, 'for the stage');
}

/** Whether somebody goes on to another page than the account, to which changes of numbers lead back. */
export function isElsewhere({ paths }: Visitor, returnTo: string | undefined): boolean {
  return returnTo !== undefined && returnTo !== paths.account;
}

/** For everybody who has the first factor, and no code by SMS yet. */
export function mayGoWithoutPhone({ stage, grant }: SignInFlow): boolean {
  return stage !== 'none' && !isByCode(grant);
}

/** Signed in; somebody who was exempt from the code has only one factor. */
export function isVerified({ user, grant }: SignInFlow): boolean {
  return user !== undefined && isDoneBy(grant);
}

/** A code has been entered, and none is pending: only a gate can ask for another one, not a bookmark. */
function isDone(flow: SignInFlow): boolean {
  return isByCode(flow.grant) && flow.challenge === undefined;
}

/** Only before a code was entered: after one numbers are changed on the account page. */
export function canEnroll(enrollment: Enrollment, { user, grant }: SignInFlow): boolean {
  return user !== undefined && !isByCode(grant) && enrollment.mayEnroll(user);
}

/** Shows a page in the language of the user, else of the browser, else in English. */
export async function sendPage(res: Response, name: PageName, view: PageView): Promise<void> {
  const page = await renderPage(name, view);
  const html = 'html' in page ? page.html : await renderTemplate(res, page.template, page.locals);
  setPageHeaders(res);
  res.set('Content-Language', page.language);
  res.vary('Accept-Language, Accept').type('html').send(html);
}

async function renderPage<Name extends PageName>(name: Name, view: PageView): Promise<RenderedPage> {
  const { deps, visitor, flow } = view;
  const wishes = wishesOf(flow.signIn?.record.locale ?? localeOf(flow.user ?? {}), visitor.client.languages);
  return deps.render(name, await LOCALS[name](view), wishes);
}

function renderTemplate(res: Response, template: string, locals: object): Promise<string> {
  return new Promise((resolve, reject) => {
    res.render(template, locals, (error, html) => (error ? reject(error) : resolve(html)));
  });
}

/** Shows a page if it fits; a program is told the state. */
function showPage(
  deps: Deps,
  place: Place,
  need: DirectoryNeed,
  refine = async (_visitor: Visitor, flow: SignInFlow, _returnTo: string | undefined): Promise<SignInFlow> => flow,
): RequestHandler {
  const { flows } = deps.domain;
  return handler(deps, `show ${place.name}`, async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    deps.setupWatch.lookForCookie(req, res);
    const returnTo = readReturnTo(req.query.returnTo);
    if (prefersHtml(req)) {
      const flow = await refine(visitor, await flows.look(visitor, need), returnTo);
      return showWhereItFits(res, place, { deps, visitor, flow, error: lastErrorOf(flow) });
    }
    res.json(await stateFacts(deps, visitor, await flows.look(visitor, 'for the stage'), returnTo));
  });
}

/** The answer to the last form; a reload tells it again and costs nothing. */
function lastErrorOf({ signIn, challenge }: SignInFlow): SmsOtpError | undefined {
  const error = signIn?.record.lastError;
  if (error === undefined || challenge === undefined) return undefined;
  return new SmsOtpError(error.code, 'The last code was not accepted.');
}

/** An index will mean its entry in this list, also if the directory changes meanwhile. */
async function viewWithList(deps: Deps, req: Request, { name, fits }: Place): Promise<PageView> {
  const visitor = await deps.visitors.resolve(req);
  const { flows } = deps.domain;
  const flow = await flows.look(visitor, 'always');
  if (!fits(flow, isAsked(deps, visitor))) return { deps, visitor, flow, error: undefined };
  const full = name === 'account' ? await flows.withBrowsers(flow) : flow;
  return { deps, visitor, flow: await noteShown(deps, visitor, full), error: undefined };
}

/** Under the app's own login the list is the first thing that is noted. */
function noteShown(deps: Deps, visitor: Visitor, flow: SignInFlow): Promise<SignInFlow> {
  const { user, signIn } = flow;
  if (signIn !== undefined || user === undefined) return deps.domain.flows.noteShown(flow);
  return deps.domain.start.noteList(visitor, { ...flow, user });
}

/** Shows a page, or leads on to the one that fits. */
async function showWhereItFits(res: Response, { name, fits }: Place, view: PageView): Promise<void> {
  const { deps, visitor, flow } = view;
  assertKnown(deps, visitor, flow);
  if (fits(flow, isAsked(deps, visitor))) return sendPage(res, name, view);
  res.redirect(303, wayOn(name, view));
}

/** The app has signed in somebody whom the directory does not know. */
export function unknownPerson(code: 'NO_PHONE_NUMBER' | 'SIGN_IN_REQUIRED'): SmsOtpError {
  return new SmsOtpError(code, { words: 'unknownPerson' });
}

/** A browser is not led round in a circle. */
function assertKnown(deps: Deps, { ref, currentUser, req }: Visitor, { stage }: SignInFlow): void {
  if (stage !== 'none') return;
  // Of somebody whom the directory does not know, the app's login would only lead here again.
  if (currentUser !== undefined) throw unknownPerson('NO_PHONE_NUMBER');
  if (ref === undefined && isKeptMark(deps, req.query.kept)) {
    throw new SmsOtpError('SIGN_IN_REQUIRED', { words: 'cookiesNeeded' });
  }
}

/** Where a page that does not fit leads to; never to itself. */
function wayOn(name: PageName, { deps, visitor, flow }: PageView): string {
  const { paths, req } = visitor;
  const { stage, grant, signIn } = flow;
  const returnTo = readReturnTo(req.query.returnTo) ?? signIn?.record.returnTo;
  if (name === 'account') return paths.of(stage === 'verified' ? 'send' : stage, paths.account);
  if (isChangeOver(flow)) return paths.account;
  const { press } = req.query;
  const isLedOn = name === 'code' && grant !== undefined && (!isDone(flow) || isAsked(deps, visitor));
  if (!isLedOn) return locationOf(visitor, flow, returnTo);
  const next = paths.of(canEnroll(deps.domain.enrollment, flow) ? 'enroll' : 'number', returnTo);
  return typeof press === 'string' ? withQuery(next, 'press', press) : next;
}

function isAsked(deps: Deps, visitor: Visitor): boolean {
  return isAskingMark(deps, visitor, visitor.req.query.press);
}

function hasChoice({ numbers }: SignInFlow): boolean {
  return numbers.length > 1;
}
