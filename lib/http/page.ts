import type { Request, Response } from 'express';
import { maskPhoneNumber } from '../domain/phone-number.ts';
import type { FullStanding } from '../domain/sign-in.ts';
import type { SmsOtpError } from '../errors.ts';
import type { CommonLocals, PageName } from '../views.ts';
import { setPageHeaders } from './headers.ts';
import { readReturnTo } from './return-to.ts';
import { pickNumber } from './send-code.ts';
import { numberChoices, pendingFacts, purposeOf } from './state.ts';
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

export async function sendPage(res: Response, name: PageName, view: PageView): Promise<void> {
  const html = await PAGES[name](view);
  setPageHeaders(res);
  res.type('html').send(html);
}

type Show = (view: PageView) => Promise<string>;

const PAGES: Readonly<Record<PageName, Show>> = { login, number, enroll, code, account, error };

async function login(view: PageView): Promise<string> {
  return view.wiring.render('login', { ...common(view), username: typed(view, 'username') });
}

async function number(view: PageView): Promise<string> {
  return view.wiring.render('number', { ...common(view), numbers: numberChoices(view.standing.numbers) });
}

async function code(view: PageView): Promise<string> {
  const { wiring, standing } = view;
  const { challenge, numbers } = standing;
  const other = otherNumber(view);
  const locals = {
    ...common(view),
    purpose: purposeOf(standing),
    codeLength: wiring.codeLength,
    ...(other === undefined ? {} : { otherNumber: other }),
  };
  if (challenge === undefined) {
    const phone = numbers.length === 0 ? {} : { phone: maskPhoneNumber(pickNumber(standing)) };
    return wiring.render('code', { ...locals, ...phone });
  }
  const { phone, ...pending } = await pendingFacts(wiring, challenge);
  return wiring.render('code', { ...locals, phone, pending });
}

async function enroll(view: PageView): Promise<string> {
  return view.wiring.render('enroll', { ...common(view), phone: typed(view, 'phone') });
}

async function account(view: PageView): Promise<string> {
  const { wiring, standing } = view;
  const { numbers } = standing;
  return wiring.render('account', {
    ...common(view),
    numbers: numberChoices(numbers),
    phone: typed(view, 'phone'),
    mayChange: wiring.enrollment.isOn,
    mayAdd: numbers.length > 0 && wiring.enrollment.mayAdd(numbers),
  });
}

async function error(view: PageView): Promise<string> {
  return view.wiring.render('error', common(view));
}

/** The directory is not asked for it: a list that was shown before tells whether there is a choice. */
function otherNumber({ visitor, standing }: PageView): string | undefined {
  const { paths, signIn } = visitor;
  const { challenge } = standing;
  if (challenge?.purpose === 'enroll') return `${paths.base}/${challenge.change === undefined ? 'enroll' : 'account'}`;
  return (signIn?.shown?.length ?? 0) > 1 ? `${paths.base}/number` : undefined;
}

/** What was typed into a field of the form that this page shows again. */
function typed({ req }: PageView, field: string): string {
  const value: unknown = req.body?.[field];
  return typeof value === 'string' ? value : '';
}

function common({ wiring, req, visitor, error }: PageView): CommonLocals {
  const { paths } = visitor;
  const returnTo = readReturnTo(req.body?.returnTo) ?? readReturnTo(req.query.returnTo) ?? visitor.signIn?.returnTo;
  return {
    appName: wiring.appName,
    urls: {
      login: paths.login,
      number: `${paths.base}/number`,
      code: `${paths.base}/code`,
      send: `${paths.base}/code/send`,
      enroll: `${paths.base}/enroll`,
      account: `${paths.base}/account`,
      phones: `${paths.base}/account/phones`,
      removePhone: `${paths.base}/account/phones/remove`,
      signOutEverywhere: `${paths.base}/account/sign-out-everywhere`,
      logout: `${paths.base}/logout`,
      session: `${paths.base}/session`,
      assets: `${paths.base}/assets`,
    },
    ...(returnTo === undefined ? {} : { returnTo }),
    ...(error === undefined ? {} : { error: errorLocals(error) }),
  };
}

function errorLocals({ code, details }: SmsOtpError): NonNullable<CommonLocals['error']> {
  const { retryAfterSeconds, attemptsRemaining, location } = details;
  return {
    code,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(attemptsRemaining === undefined ? {} : { attemptsRemaining }),
    ...(location === undefined ? {} : { location }),
  };
}
