import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { inGroups } from '../domain/spare-code.ts';
import type { SupportReport } from '../domain/support-desk.ts';
import { SmsOtpConfigError, SmsOtpError } from '../errors.ts';
import type { AdminLocals } from '../views.ts';
import { action, type Deps, handler } from './action.ts';
import { setErrorHead } from './answer-errors.ts';
import { setAnswerHeaders, setPageHeaders } from './headers.ts';
import { OWN_STYLESHEET } from './locals.ts';
import { badRequest, readBody, readText } from './request.ts';
import { sendAsset } from './router.ts';

/** How the support page is mounted. */
export interface AdminOptions {
  /**
   * The app's own middlewares, which let administrators through and answer everybody else. In production there is no
   * page without one.
   *
   * @default none
   */
  readonly guard?: RequestHandler | readonly RequestHandler[];
}

export interface AdminDeps extends Deps {
  readonly health: () => Promise<AdminLocals['health']>;
  readonly renderAdmin: (locals: AdminLocals) => string;
}

/** As a sign-in takes them. */
const MAX_NAME_LENGTH = 256;
/** Longer than the distinguished name of anybody. */
const MAX_ID_LENGTH = 1024;
const HELP_CODE_MINUTES = 15;
const HELP_CODE_GROUP = 5;
const MAX_ISSUER_LENGTH = 200;

/**
 * The support page. It has no accounts of its own.
 *
 * @throws SmsOtpConfigError in production without a guard
 */
export function createAdmin(deps: AdminDeps, options: AdminOptions = {}): RequestHandler {
  const guards = readGuards(options);
  if (guards.length === 0)
    deps.config.logger.warn('otp.admin() has no guard: anybody who reaches this app can lock people and let them in.');
  const { support, spares } = deps.domain;
  if (spares.helpCodeProblems.length > 0)
    deps.config.logger.warn(`otp.admin() gives no help codes. ${spares.helpCodeProblems.join('; ')}.`);
  const router = Router({ caseSensitive: true });
  const pages = {
    '/': show(deps, 'showSupport', () => undefined),
    '/find': findPerson(deps),
    '/person': show(deps, 'showPerson', (req) => support.read(userIdOf(req))),
    '/assets/:name': sendAsset(deps),
  };
  router.use(headers, ...guards);
  for (const [path, page] of Object.entries(pages)) router.get(path, page);
  for (const [path, work] of Object.entries(changesOf(deps))) router.post(path, work);
  router.use(showError(deps));
  return Object.defineProperty(router, 'name', { value: 'smsOtpAdmin' });
}

/** The buttons; those of what is off are unknown paths. */
function changesOf(deps: AdminDeps): Readonly<Record<string, RequestHandler[]>> {
  const { ends, trusted, trustAdmin, recoveryCodes, spares } = deps.domain;
  return {
    '/person/lock': change(deps, 'lockPerson', (id) => ends.lock(id)),
    '/person/unlock': change(deps, 'unlockPerson', (id) => ends.unlock(id)),
    '/person/end-sessions': change(deps, 'endSessions', (id) => ends.signOutEverywhere(id)),
    ...(spares.helpCodeProblems.length === 0 && { '/person/help-code': issueHelpCode(deps) }),
    ...(trusted.isOn && { '/person/end-browsers': change(deps, 'endBrowsers', (id) => trustAdmin.end(id)) }),
    ...(recoveryCodes.isOn && {
      '/person/reset-recovery-codes': change(deps, 'resetRecoveryCodes', (id) => spares.resetRecoveryCodes(id)),
    }),
  };
}

const headers: RequestHandler = (_req, res, next) => {
  setAnswerHeaders(res);
  next();
};

function readGuards(options: AdminOptions): readonly RequestHandler[] {
  const unknown = Object.keys(options).filter((name) => name !== 'guard');
  const guards = options.guard === undefined ? [] : [options.guard].flat();
  const problems = [
    ...unknown.map((name) => `admin.${name}: there is no such option.`),
    ...(guards.every((guard) => typeof guard === 'function') ? [] : ['admin.guard: must be a middleware, or a list.']),
    ...(guards.length === 0 && process.env.NODE_ENV === 'production'
      ? ['admin.guard: is needed in production. Give the middleware that lets only administrators through.']
      : []),
  ];
  if (problems.length > 0) throw new SmsOtpConfigError(problems);
  return guards;
}

function show(
  deps: AdminDeps,
  name: string,
  read: (req: Request) => Promise<SupportReport> | undefined,
): RequestHandler {
  return handler(deps, name, async (req, res) => {
    const report = await read(req);
    await sendSupportPage(deps, req, res, report === undefined ? {} : { report });
  });
}

/** A name leads to an id, which is what everything is kept under. */
function findPerson(deps: AdminDeps): RequestHandler {
  return handler(deps, 'findPerson', async (req, res) => {
    const username = readText(req.query, 'username', MAX_NAME_LENGTH);
    if (username === '') throw badRequest('Type a user name.');
    const userId = await deps.domain.support.find(username);
    if (userId !== undefined) return res.redirect(303, personUrl(deps, req, userId));
    res.status(404);
    const error = 'The directory means nobody, or more than one, by this name; or the account is disabled.';
    await sendSupportPage(deps, req, res, { error });
  });
}

function change(deps: AdminDeps, name: string, work: (userId: string) => Promise<void>): RequestHandler[] {
  const changePerson = action(deps, name, (req) => work(userIdOf(req)));
  return [changePerson, (req, res) => res.redirect(303, personUrl(deps, req, userIdOf(req)))];
}

/** Shows the code once: this button leads to no other page. */
function issueHelpCode(deps: AdminDeps): RequestHandler[] {
  const { spares, support, enrollment } = deps.domain;
  const codes = new WeakMap<Request, string>();
  const issue = action(deps, 'issueHelpCode', async (req, res) => {
    const { mayReplaceNumber } = await readBody(req, res);
    // The page may be mounted beside the handler: then nobody is named.
    const issuedBy = req.smsOtp?.user?.username.slice(0, MAX_ISSUER_LENGTH);
    const order = { minutes: HELP_CODE_MINUTES, issuedBy };
    const isReplacement = enrollment.isOn && mayReplaceNumber === 'true';
    codes.set(req, await spares.issueHelpCode(userIdOf(req), { ...order, mayReplaceNumber: isReplacement }));
  });
  const showCode = handler(deps, 'showHelpCode', async (req, res) => {
    const helpCode = { code: inGroups(codes.get(req) ?? '', HELP_CODE_GROUP), minutes: HELP_CODE_MINUTES };
    await sendSupportPage(deps, req, res, { report: await support.read(userIdOf(req)), helpCode });
  });
  return [issue, showCode];
}

/** @throws SmsOtpError `BAD_REQUEST` */
function userIdOf({ query }: Request): string {
  const userId = readText(query, 'id', MAX_ID_LENGTH);
  if (userId === '') throw badRequest('The field id is missing.');
  if (/\p{Cc}/u.test(userId)) throw badRequest('The field id is no user id.');
  return userId;
}

function personUrl(deps: AdminDeps, req: Request, userId: string): string {
  return `${mountOf(deps, req)}/person?id=${encodeURIComponent(userId)}`;
}

/** With two slashes in front it would lead to another site. */
function mountOf({ config }: AdminDeps, { baseUrl }: Request): string {
  return config.publicPath + baseUrl.replace(/^[/\\]+/, '/');
}

async function sendSupportPage(
  deps: AdminDeps,
  req: Request,
  res: Response,
  facts: Pick<AdminLocals, 'report' | 'error' | 'helpCode'>,
): Promise<void> {
  const { appName } = deps.config;
  const urls = urlsOf(deps, mountOf(deps, req), facts.report?.userId ?? '');
  const canReplaceNumber = deps.domain.enrollment.isOn;
  const health = await deps.health();
  setPageHeaders(res);
  res.type('html').send(deps.renderAdmin({ appName, urls, health, canReplaceNumber, ...facts }));
}

function urlsOf({ config, domain }: AdminDeps, mount: string, userId: string): AdminLocals['urls'] {
  const { styles, publicPath } = config;
  const { trusted, recoveryCodes, spares } = domain;
  const of = (name: string): string => `${mount}/person/${name}?id=${encodeURIComponent(userId)}`;
  return {
    home: `${mount}/`,
    find: `${mount}/find`,
    person: `${mount}/person`,
    lock: of('lock'),
    unlock: of('unlock'),
    endSessions: of('end-sessions'),
    ...(spares.helpCodeProblems.length === 0 && { helpCode: of('help-code') }),
    ...(trusted.isOn && { endBrowsers: of('end-browsers') }),
    ...(recoveryCodes.isOn && { resetRecoveryCodes: of('reset-recovery-codes') }),
    assets: `${mount}/assets`,
    ...(styles !== undefined && {
      styles: 'url' in styles ? publicPath + styles.url : `${mount}/assets/${OWN_STYLESHEET}`,
    }),
  };
}

/** With the state of the dependencies, which is mostly the reason. Errors of the guard are the app's own. */
function showError(deps: AdminDeps): ErrorRequestHandler {
  return async function showSupportError(error, req, res, next) {
    if (!(error instanceof SmsOtpError) || res.headersSent) return next(error);
    setErrorHead(res, error);
    await sendSupportPage(deps, req, res, { error: error.message }).catch(next);
  };
}
