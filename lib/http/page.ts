import type { Request, Response } from 'express';
import { maskPhoneNumber } from '../domain/phone-number.ts';
import type { FullStanding } from '../domain/sign-in.ts';
import { wishesOf } from '../domain/user.ts';
import type { SmsOtpError } from '../errors.ts';
import type { CommonLocals, PageLocals, PageName, RenderedPage } from '../views.ts';
import { setPageHeaders } from './headers.ts';
import type { Paths } from './paths.ts';
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

/** Among our assets, the one that is made of the option `styles`. */
export const OWN_STYLESHEET = 'own.css';

/** Shows a page in the language of the user, else of the browser, else in English. */
export async function sendPage(res: Response, name: PageName, view: PageView): Promise<void> {
  const page = await renderPage(name, view);
  const html = 'html' in page ? page.html : await renderTemplate(res, page.template, page.locals);
  setPageHeaders(res);
  res.set('Content-Language', page.language).vary('Accept-Language, Accept').type('html').send(html);
}

async function renderPage<Name extends PageName>(name: Name, view: PageView): Promise<RenderedPage> {
  const { wiring, visitor, standing } = view;
  const { locale } = standing.signIn ?? visitor.signIn ?? {};
  return wiring.render(name, await LOCALS[name](view), wishesOf(locale, visitor.languages));
}

function renderTemplate(res: Response, template: string, locals: object): Promise<string> {
  return new Promise((resolve, reject) => {
    res.render(template, locals, (error, html) => (error ? reject(error) : resolve(html)));
  });
}

type Locals = { readonly [Name in PageName]: (view: PageView) => PageLocals[Name] | Promise<PageLocals[Name]> };

const LOCALS: Locals = { login, number, code, enroll, account, error: common };

function login(view: PageView): PageLocals['login'] {
  return { ...common(view), username: typed(view, 'username') };
}

function number(view: PageView): PageLocals['number'] {
  return { ...common(view), numbers: numberChoices(view.standing.numbers) };
}

async function code(view: PageView): Promise<PageLocals['code']> {
  const { wiring, standing } = view;
  const { challenge, numbers } = standing;
  const locals = { ...common(view), purpose: purposeOf(standing), codeLength: wiring.codeLength };
  if (challenge === undefined) {
    return numbers.length === 0 ? locals : { ...locals, phone: maskPhoneNumber(pickNumber(standing)) };
  }
  const { phone, ...pending } = await pendingFacts(wiring, challenge);
  return { ...locals, phone, pending };
}

function enroll(view: PageView): PageLocals['enroll'] {
  return { ...common(view), phone: typed(view, 'phone') };
}

function account(view: PageView): PageLocals['account'] {
  const numbers = numberChoices(view.standing.numbers);
  return { ...common(view), numbers, phone: typed(view, 'phone'), mayChange: false, mayAdd: false };
}

function typed({ req }: PageView, field: 'username' | 'phone'): string {
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
      ...stylesUrl(wiring, paths),
    },
    ...(returnTo === undefined ? {} : { returnTo }),
    ...(error === undefined ? {} : { error: errorLocals(error) }),
  };
}

function stylesUrl({ styles }: Wiring, { publicPath, base }: Paths): Pick<CommonLocals['urls'], 'styles'> {
  if (styles === undefined) return {};
  return { styles: 'url' in styles ? publicPath + styles.url : `${base}/assets/${OWN_STYLESHEET}` };
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
