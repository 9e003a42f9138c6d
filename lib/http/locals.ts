import type { Request } from 'express';
import type { PhoneChange } from '../domain/challenge.ts';
import type { Masks } from '../domain/masked-number.ts';
import type { FullStanding } from '../domain/sign-in.ts';
import type { SmsOtpError } from '../errors.ts';
import type { CommonLocals, NewNumberLocals, PageLocals, PageName } from '../views.ts';
import { errorLocals } from './error-locals.ts';
import type { Paths } from './paths.ts';
import { readReturnTo } from './return-to.ts';
import { pickNumber, purposeOf } from './standing.ts';
import { locationOf, numberChoices, pendingFacts } from './state.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** One page to show, with the error that led to it. */
export interface PageView {
  readonly wiring: Wiring;
  readonly req: Request;
  readonly visitor: Visitor;
  /** With the user's numbers, unless a code is pending. */
  readonly standing: FullStanding;
  readonly error: SmsOtpError | undefined;
}

/** Among our assets, the one that is made of the option `styles`. */
export const OWN_STYLESHEET = 'own.css';

type Locals = { readonly [Name in PageName]: (view: PageView) => PageLocals[Name] | Promise<PageLocals[Name]> };

/** What each page is given: a fixed list, and nothing of the request but what the person typed. */
export const LOCALS: Locals = { login, number, enroll, code, account, error };

function login(view: PageView): PageLocals['login'] {
  return { ...common(view), username: typed(view, 'username') };
}

function number(view: PageView): PageLocals['number'] {
  return { ...common(view), numbers: numberChoices(view.standing, view.wiring.masks) };
}

async function code(view: PageView): Promise<PageLocals['code']> {
  const { wiring, standing } = view;
  const { challenge, numbers } = standing;
  const other = otherNumber(view);
  const locals = {
    ...common(view),
    purpose: purposeOf(standing),
    codeLength: wiring.codeLength,
    mayPress: view.req.get('sec-fetch-site') !== 'cross-site',
    ...(challenge?.change === undefined ? {} : { change: maskChange(view, challenge.change) }),
    ...(other === undefined ? {} : { otherNumber: other }),
    ...(standing.grant?.acr === undefined ? {} : { back: wayBack(view) }),
  };
  if (challenge === undefined) {
    return numbers.length === 0 ? locals : { ...locals, phone: wiring.masks.of(pickNumber(standing), numbers) };
  }
  const { phone, ...pending } = await pendingFacts(wiring, challenge, standing.signIn?.shown);
  return { ...locals, phone, pending };
}

function maskChange({ wiring, standing }: PageView, change: PhoneChange): NonNullable<PageLocals['code']['change']> {
  const mask = (number: string) => wiring.masks.of(number, standing.signIn?.shown);
  return 'add' in change ? { add: mask(change.add) } : { remove: mask(change.remove) };
}

function enroll(view: PageView): PageLocals['enroll'] {
  return { ...common(view), ...newNumber(view) };
}

function newNumber(view: PageView): NewNumberLocals {
  const { allowedCountries: countries, example } = view.wiring.enrollment;
  return { phone: typed(view, 'phone'), countries, example };
}

function account(view: PageView): PageLocals['account'] {
  const { wiring, standing, visitor } = view;
  const { numbers } = standing;
  const { returnTo, ...locals } = common(view);
  return {
    ...locals,
    // A change leads back to this page; from here the way goes on to the site.
    ...(returnTo === undefined || returnTo === visitor.paths.account ? {} : { returnTo }),
    numbers: accountNumbers(standing, wiring.masks),
    ...newNumber(view),
    mayChange: wiring.enrollment.isOn,
    mayAdd: numbers.length > 0 && wiring.enrollment.mayAdd(numbers),
  };
}

/** Whoever has begun goes on where the sign-in stands. */
function error(view: PageView): PageLocals['error'] {
  const { visitor, standing } = view;
  const locals = common(view);
  if (locals.error === undefined || standing.stage === 'none') return locals;
  return { ...locals, error: { location: locationOf(visitor, standing), ...locals.error } };
}

/** All of them, also the one that a pending change removes. */
function accountNumbers({ challenge: _, ...standing }: FullStanding, masks: Masks): PageLocals['account']['numbers'] {
  return numberChoices(standing, masks);
}

/** The directory is not asked for it: a list that was shown before tells whether there is a choice. */
function otherNumber({ wiring, visitor, standing }: PageView): string | undefined {
  const { paths, signIn } = visitor;
  const { challenge } = standing;
  if (challenge?.purpose === 'enroll') return `${paths.base}/${challenge.change === undefined ? 'enroll' : 'account'}`;
  const choices = numberChoices({ ...standing, ...(signIn && { signIn }), numbers: signIn?.shown ?? [] }, wiring.masks);
  return choices.length > 1 ? `${paths.base}/number` : undefined;
}

/** Who is signed in stays so: a change is left for the account, a step-up for the site. */
function wayBack({ visitor, standing }: PageView): string {
  return standing.challenge?.change === undefined ? visitor.paths.afterSignIn : visitor.paths.account;
}

/** What was typed into a field of the form that this page shows again. */
function typed({ req }: PageView, field: string): string {
  const value: unknown = req.body?.[field];
  return typeof value === 'string' ? value : '';
}

function common({ wiring, req, visitor, standing, error }: PageView): CommonLocals {
  const { paths } = visitor;
  const { grant } = standing;
  const returnTo = readReturnTo(req.body?.returnTo) ?? readReturnTo(req.query.returnTo) ?? visitor.signIn?.returnTo;
  return {
    appName: wiring.appName,
    urls: {
      login: paths.login,
      number: `${paths.base}/number`,
      code: `${paths.base}/code`,
      send: `${paths.base}/code/send`,
      enroll: `${paths.base}/enroll`,
      account: paths.account,
      phones: `${paths.base}/account/phones`,
      removePhone: `${paths.base}/account/phones/remove`,
      signOutEverywhere: `${paths.base}/account/sign-out-everywhere`,
      logout: `${paths.base}/logout`,
      home: paths.afterSignIn,
      session: `${paths.base}/session`,
      assets: `${paths.base}/assets`,
      ...stylesUrl(wiring, paths),
    },
    ...(grant === undefined ? {} : { signedInAs: grant.displayName ?? grant.username }),
    ...(returnTo === undefined ? {} : { returnTo }),
    ...(error === undefined ? {} : { error: errorLocals(error) }),
  };
}

function stylesUrl({ styles }: Wiring, { publicPath, base }: Paths): Pick<CommonLocals['urls'], 'styles'> {
  if (styles === undefined) return {};
  return { styles: 'url' in styles ? publicPath + styles.url : `${base}/assets/${OWN_STYLESHEET}` };
}
