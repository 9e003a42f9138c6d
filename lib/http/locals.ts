import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import type { PhoneChange } from '../domain/challenge.ts';
import { isByCode, isDoneBy, mayReplaceNumber } from '../domain/grant.ts';
import { pickNumber } from '../domain/next-code.ts';
import { purposeOf, type SignInFlow } from '../domain/sign-in-flow.ts';
import { noPhoneNumber } from '../domain/sign-in-start.ts';
import type { SmsOtpError } from '../errors.ts';
import type { CommonLocals, NewNumberLocals, PageLocals, PageName } from '../views.ts';
import type { Deps } from './action.ts';
import { ownReferer } from './headers.ts';
import { isPressMark } from './marks.ts';
import { type Paths, readReturnTo, withQuery } from './paths.ts';
import { browserChoices, locationOf, numberChoices, pendingFacts } from './state.ts';
import type { Visitor } from './visitor.ts';

/** One page to show, with the error that led to it. */
export interface PageView {
  readonly deps: Deps;
  readonly visitor: Visitor;
  /** With the user's numbers, unless a code is pending. */
  readonly flow: SignInFlow;
  readonly error: SmsOtpError | undefined;
  /** Recovery codes that were made a moment ago; shown once. */
  readonly codes?: readonly string[];
}

/** Among our assets, the one that is made of the option `styles`. */
export const OWN_STYLESHEET = 'own.css';

/** So many that no two forms are alike. */
const FORM_BYTES = 16;

type Locals = { readonly [Name in PageName]: (view: PageView) => PageLocals[Name] | Promise<PageLocals[Name]> };

/** The locals of each page: a fixed list, and nothing of the request but what the person typed. */
export const LOCALS: Locals = { login, number, enroll, code, withoutPhone, account, error };

function login(view: PageView): PageLocals['login'] {
  return { ...common(view), username: typed(view, 'username'), form: randomBytes(FORM_BYTES).toString('base64url') };
}

function number(view: PageView): PageLocals['number'] {
  return { ...common(view), numbers: numberChoices(view.flow, view.deps.domain.masks), ...reason(view) };
}

/** Why a code is asked for; people who are signed in can leave it. */
function reason(view: PageView): Pick<PageLocals['code'], 'purpose' | 'isSmsNeeded' | 'back'> {
  const { flow } = view;
  return {
    purpose: purposeOf(flow),
    // Of what a gate asks for, something in place of a code is not enough.
    isSmsNeeded: isDoneBy(flow.grant) && !isByCode(flow.grant),
    ...backOf(view),
  };
}

/** Nobody who has not signed in has anything to go back to. */
function backOf(view: PageView): { readonly back?: string } {
  return isDoneBy(view.flow.grant) ? { back: wayBack(view) } : {};
}

async function code(view: PageView): Promise<PageLocals['code']> {
  const { deps, flow } = view;
  const { challenge, numbers, user } = flow;
  const other = otherNumber(view);
  const locals = {
    ...common(view),
    ...reason(view),
    codeLength: deps.config.codeLength,
    mayPress: mayPress(view),
    ...(challenge?.change !== undefined && { change: maskChange(view, challenge.change) }),
    ...(other !== undefined && { otherNumber: other }),
    ...(deps.domain.trusted.isOn && purposeOf(flow) === 'sign-in' && { trustDays: deps.domain.trusted.days }),
  };
  // There is nothing to send a code to; unless the directory could not be asked.
  const none = user !== undefined && { error: locals.error ?? errorLocals(noPhoneNumber(user)) };
  if (challenge === undefined && numbers.length === 0) return { ...locals, ...none };
  if (challenge === undefined) return { ...locals, phone: deps.domain.masks.of(pickNumber(flow), numbers) };
  const known = await deps.domain.flows.pendingOf(flow);
  if (known === undefined) return locals;
  const { phone, ...pending } = pendingFacts(flow, challenge, known, deps.domain.masks);
  const { typed, trusts = false } = flow.signIn?.record.lastError ?? {};
  return { ...locals, phone, pending, trusts, ...(typed !== undefined && { typed }) };
}

/** Another site must not lead a browser to an SMS; a gate's link may, and no other. */
function mayPress({ deps, visitor }: PageView): boolean {
  return isPressMark(deps, visitor, visitor.req.query.press) && isLedByUs(visitor.req, deps.config);
}

/** On plain http browsers do not say whether another site led here; from where they come they mostly do. */
function isLedByUs(req: Request, config: Deps['config']): boolean {
  const site = req.get('sec-fetch-site');
  return site === undefined ? ownReferer(req, config) !== undefined : site === 'same-origin' || site === 'none';
}

function maskChange({ deps, flow }: PageView, change: PhoneChange): NonNullable<PageLocals['code']['change']> {
  const mask = (number: string): string => deps.domain.masks.of(number, flow.signIn?.record.shown);
  return 'add' in change ? { add: mask(change.add) } : { remove: mask(change.remove) };
}

function enroll(view: PageView): PageLocals['enroll'] {
  return { ...common(view), ...newNumber(view), ...backOf(view) };
}

function newNumber(view: PageView): NewNumberLocals {
  const { allowedCountries: countries, example } = view.deps.domain.enrollment;
  return { phone: typed(view, 'phone'), countries, example };
}

function withoutPhone(view: PageView): PageLocals['withoutPhone'] {
  const { deps, visitor, flow } = view;
  const { withoutPhone: _, ...locals } = common(view);
  return {
    ...locals,
    typed: typed(view, 'code'),
    takesRecoveryCodes: deps.domain.recoveryCodes.isOn,
    back: locationOf(visitor, flow, locals.returnTo),
  };
}

/** `undefined` if there are no such codes here. */
export async function recoveryCodesLeft({ domain }: Deps, { signIn }: SignInFlow): Promise<number | undefined> {
  if (!domain.recoveryCodes.isOn || signIn === undefined) return undefined;
  return domain.spares.recoveryCodesLeft(signIn.record.subject);
}

/** With all numbers, also the one that a pending change removes. */
async function account(view: PageView): Promise<PageLocals['account']> {
  const { deps, flow, visitor } = view;
  const { numbers } = flow;
  const { paths } = visitor;
  const { isOn } = deps.domain.enrollment;
  const mayChange = isOn && isByCode(flow.grant);
  const browsers = browserChoices(flow.browsers === undefined ? await deps.domain.flows.withBrowsers(flow) : flow);
  const { codes } = view;
  const left = codes?.length ?? (await recoveryCodesLeft(deps, flow));
  const { returnTo, ...locals } = common(view);
  return {
    ...locals,
    // A change leads back to this page; from here the way goes on to the site.
    ...(returnTo !== undefined && returnTo !== paths.account && { returnTo }),
    numbers: numberChoices({ ...flow, challenge: undefined }, deps.domain.masks),
    ...(browsers !== undefined && { browsers }),
    ...newNumber(view),
    ...(isOn && !mayChange && { confirm: paths.of('send', paths.account) }),
    mayChange,
    mayAdd: mayChange && numbers.length > 0 && deps.domain.enrollment.mayAdd(numbers),
    mayReplaceNumber: isOn && mayReplaceNumber(flow.grant, flow.now),
    ...(left !== undefined && { recoveryCodes: { left, ...(codes !== undefined && { codes }) } }),
  };
}

/** A sign-in goes on where it stands, and leads to where its form would have led. */
function error(view: PageView): PageLocals['error'] {
  const { visitor, flow } = view;
  const locals = common(view);
  if (locals.error === undefined) return locals;
  return { ...locals, error: { location: locationOf(visitor, flow, locals.returnTo), ...locals.error } };
}

/** The directory is not asked for it: a list that was shown before tells whether there is a choice. */
function otherNumber({ deps, visitor, flow }: PageView): string | undefined {
  const { paths } = visitor;
  const { challenge, signIn } = flow;
  if (challenge?.purpose === 'enroll') return `${paths.base}/${challenge.change === undefined ? 'enroll' : 'account'}`;
  const choices = numberChoices({ ...flow, numbers: signIn?.record.shown ?? [] }, deps.domain.masks);
  return choices.length > 1 ? `${paths.base}/number` : undefined;
}

/** People who are signed in stay so: a change is left for the account, a step-up for the site. */
function wayBack({ visitor, flow }: PageView): string {
  return flow.challenge?.change === undefined ? visitor.paths.afterSignIn : visitor.paths.account;
}

/** The text that was typed into a field of the form that this page shows again. */
function typed({ visitor }: PageView, field: string): string {
  const value: unknown = visitor.req.body?.[field];
  return typeof value === 'string' ? value : '';
}

function common({ deps, visitor, flow, error }: PageView): CommonLocals {
  const { paths, req } = visitor;
  const { grant, signIn } = flow;
  const asked = readReturnTo(req.body?.returnTo) ?? readReturnTo(req.query.returnTo);
  const returnTo = asked ?? signIn?.record.returnTo;
  return {
    appName: deps.config.appName,
    urls: urlsOf(deps, paths),
    ...(grant !== undefined && { signedInAs: grant.displayName ?? grant.username }),
    ...(returnTo !== undefined && { returnTo }),
    ...withoutPhoneUrl(flow, paths, returnTo),
    ...(error !== undefined && { error: errorLocals(error) }),
  };
}

function urlsOf(deps: Deps, paths: Paths): CommonLocals['urls'] {
  return {
    login: paths.login,
    number: `${paths.base}/number`,
    code: `${paths.base}/code`,
    send: `${paths.base}/code/send`,
    enroll: `${paths.base}/enroll`,
    withoutPhone: `${paths.base}/without-phone`,
    account: paths.account,
    phones: `${paths.base}/account/phones`,
    removePhone: `${paths.base}/account/phones/remove`,
    removeBrowser: `${paths.base}/account/browsers/remove`,
    recoveryCodes: `${paths.base}/account/recovery-codes`,
    signOutEverywhere: `${paths.base}/account/sign-out-everywhere`,
    logout: `${paths.base}/logout`,
    home: paths.afterSignIn,
    session: `${paths.base}/session`,
    assets: `${paths.base}/assets`,
    ...stylesUrl(deps, paths),
  };
}

/** Only on the way of a sign-in: of a code that a gate asks for, nothing stands in place. */
function withoutPhoneUrl(
  { stage, grant }: SignInFlow,
  { base }: Paths,
  returnTo: string | undefined,
): Pick<CommonLocals, 'withoutPhone'> {
  if (stage === 'none' || grant !== undefined) return {};
  const page = `${base}/without-phone`;
  return { withoutPhone: returnTo === undefined ? page : withQuery(page, 'returnTo', returnTo) };
}

function stylesUrl({ config }: Deps, { publicPath, base }: Paths): Pick<CommonLocals['urls'], 'styles'> {
  const { styles } = config;
  if (styles === undefined) return {};
  return { styles: 'url' in styles ? publicPath + styles.url : `${base}/assets/${OWN_STYLESHEET}` };
}

/** The facts of an error for a page: neither its message, which may be advice for an administrator, nor its cause. */
function errorLocals({ code, details }: SmsOtpError): NonNullable<CommonLocals['error']> {
  const { retryAfterSeconds, attemptsRemaining, text, words, location } = details;
  return {
    code,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(attemptsRemaining !== undefined && { attemptsRemaining }),
    ...(text !== undefined && { text }),
    ...(words !== undefined && { words }),
    ...(location !== undefined && { location }),
  };
}
