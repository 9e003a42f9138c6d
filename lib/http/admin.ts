import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { SupportReport } from '../domain/support-desk.ts';
import { SmsOtpConfigError, SmsOtpError } from '../errors.ts';
import type { AdminLocals } from '../views.ts';
import { action, type Deps, handler } from './action.ts';
import { setErrorHead } from './answer-errors.ts';
import { setAnswerHeaders, setPageHeaders } from './headers.ts';
import { OWN_STYLESHEET } from './locals.ts';
import { badRequest, readText } from './request.ts';
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

/**
 * The support page. It has no accounts of its own.
 *
 * @throws SmsOtpConfigError in production without a guard
 */
export function createAdmin(deps: AdminDeps, options: AdminOptions = {}): RequestHandler {
  const guards = readGuards(options);
  if (guards.length === 0)
    deps.config.logger.warn('otp.admin() has no guard: anybody who reaches this app can lock and unlock people.');
  const router = Router({ caseSensitive: true });
  const { ends, support } = deps.domain;
  const pages = {
    '/': show(deps, 'showSupport', () => undefined),
    '/find': findPerson(deps),
    '/person': show(deps, 'showPerson', (req) => support.read(userIdOf(req))),
    '/assets/:name': sendAsset(deps),
  };
  const changes = {
    '/person/lock': change(deps, 'lockPerson', (id) => ends.lock(id)),
    '/person/unlock': change(deps, 'unlockPerson', (id) => ends.unlock(id)),
    '/person/end-sessions': change(deps, 'endSessions', (id) => ends.signOutEverywhere(id)),
  };
  router.use(headers, ...guards);
  for (const [path, page] of Object.entries(pages)) router.get(path, page);
  for (const [path, work] of Object.entries(changes)) router.post(path, work);
  router.use(showError(deps));
  return Object.defineProperty(router, 'name', { value: 'smsOtpAdmin' });
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
  facts: Pick<AdminLocals, 'report' | 'error'>,
): Promise<void> {
  const [mount, health] = [mountOf(deps, req), await deps.health()];
  const { appName, styles, publicPath } = deps.config;
  const query = facts.report === undefined ? '' : `?id=${encodeURIComponent(facts.report.userId)}`;
  const urls = {
    home: `${mount}/`,
    find: `${mount}/find`,
    person: `${mount}/person`,
    lock: `${mount}/person/lock${query}`,
    unlock: `${mount}/person/unlock${query}`,
    endSessions: `${mount}/person/end-sessions${query}`,
    assets: `${mount}/assets`,
    ...(styles !== undefined && {
      styles: 'url' in styles ? publicPath + styles.url : `${mount}/assets/${OWN_STYLESHEET}`,
    }),
  };
  setPageHeaders(res);
  res.type('html').send(deps.renderAdmin({ appName, urls, health, ...facts }));
}

/** With the state of the dependencies, which is mostly the reason. Errors of the guard are the app's own. */
function showError(deps: AdminDeps): ErrorRequestHandler {
  return async function showSupportError(error, req, res, next) {
    if (!(error instanceof SmsOtpError) || res.headersSent) return next(error);
    setErrorHead(res, error);
    await sendSupportPage(deps, req, res, { error: error.message }).catch(next);
  };
}
