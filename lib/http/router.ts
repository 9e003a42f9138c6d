import { extname } from 'node:path';
import { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import { SmsOtpError } from '../errors.ts';
import { addPhone, makeRecoveryCodes, removeBrowser, removePhone, signOut, signOutEverywhere } from './account.ts';
import { type Deps, toNextError } from './action.ts';
import { answerErrors, type ErrorPlace } from './answer-errors.ts';
import { signInAndSend } from './first-factor.ts';
import { DEFAULT_RULE, gate, setFacts } from './gate.ts';
import { setAnswerHeaders } from './headers.ts';
import { OWN_STYLESHEET } from './locals.ts';
import { leadOn, showAccount, showCode, showEnroll, showLogin, showNumbers, showWithoutPhone } from './pages.ts';
import { pathIn } from './paths.ts';
import { badRequest } from './request.ts';
import { chooseNumber, enroll, sendCode } from './send-code.ts';
import { checkMount, checkSession } from './setup.ts';
import { answerAccount, answerSignOut, answerState, showState } from './state.ts';
import { signInWithoutPhone, verifyCode } from './verify-code.ts';

export interface HandlerOptions {
  readonly authRequired: boolean;
  readonly basePath: string;
  readonly hasOwnLogin: boolean;
  /** The app's own login page, which is never gated. */
  readonly loginUrl?: string | undefined;
  readonly allowInsecure: readonly string[];
}

/** The whole of it: the routes under `basePath`, then the gate in front of everything that comes after. */
export function createHandler(deps: Deps, options: HandlerOptions): RequestHandler {
  const { basePath, hasOwnLogin, authRequired, loginUrl } = options;
  const router = Router({ caseSensitive: true });
  router.use(basePath, createRouter(deps, hasOwnLogin));
  const defaultGate = gate(deps, DEFAULT_RULE);
  const noGate = setFacts(deps);
  const own: RequestHandler = (req, res, next) => {
    const problem = checkMount(req, basePath) ?? attach(deps, options, req);
    if (problem !== undefined) return next(toNextError(deps, req, problem));
    // To be told by the router that a path is none of ours takes longer than all the rest.
    return req.url.includes(basePath) ? router(req, res, next) : next();
  };
  const others: RequestHandler = (req, res, next) => {
    const isOpen = !authRequired || (loginUrl !== undefined && pathOf(req) === loginUrl);
    return (isOpen ? noGate : defaultGate)(req, res, next);
  };
  return Object.defineProperty(inTurn(own, others, answerErrors(deps)), 'name', { value: 'smsOtp' });
}

/** One after the other; the first error ends it. */
function inTurn(first: RequestHandler, second: RequestHandler, onError: ErrorRequestHandler): RequestHandler {
  return (req, res, next) => {
    const fail = (error: unknown): void => void onError(error, req, res, next);
    const end = (error?: unknown): unknown => (isNothing(error) ? next() : fail(error));
    return first(req, res, (error?: unknown) => (isNothing(error) ? second(req, res, end) : fail(error)));
  };
}

/** As in Express, null is no error. */
function isNothing(error: unknown): boolean {
  return error === undefined || error === null;
}

/** Each time: `secure: 'auto'` means another thing for each request. */
function attach(deps: Deps, { allowInsecure, basePath }: HandlerOptions, req: Request): SmsOtpError | undefined {
  // `OPTIONS *` (RFC 9110, 9.3.7) asks for no path, and express-session gives it no session.
  if (req.originalUrl === '*') return badRequest('This request names no path.');
  const problem = checkSession(req, allowInsecure);
  if (problem === undefined) {
    deps.setupWatch.lookForMount(req, basePath);
    deps.setupWatch.lookForProxy(req);
    deps.visitors.attach(req);
  }
  return problem;
}

function pathOf(req: Request): string {
  return req.originalUrl.split('?', 1)[0] ?? '';
}

/** All paths under `basePath`, with their methods: the OpenAPI document is made from them. */
export const ROUTES = {
  '/': ['get'],
  '/login': ['get', 'post'],
  '/number': ['get', 'post'],
  '/code': ['get', 'post'],
  '/code/send': ['post'],
  '/enroll': ['get', 'post'],
  '/without-phone': ['get', 'post'],
  '/account': ['get'],
  '/account/phones': ['post'],
  '/account/phones/remove': ['post'],
  '/account/browsers/remove': ['post'],
  '/account/recovery-codes': ['post'],
  '/account/sign-out-everywhere': ['post'],
  '/logout': ['post'],
  '/session': ['get'],
  '/assets/:name': ['get'],
} as const;

type RoutePath = keyof typeof ROUTES;
type Method = 'get' | 'post';
type RouteHandlers<Path extends RoutePath> = Readonly<Record<(typeof ROUTES)[Path][number], readonly RequestHandler[]>>;

/** The routes under `basePath`; an unknown path goes on. Without its own login the app signs people in by itself. */
function createRouter(deps: Deps, hasOwnLogin: boolean): Router {
  const router = Router({ caseSensitive: true });
  const answer = answerState(deps);
  const route = <Path extends RoutePath>(path: Path, handlers: RouteHandlers<Path>): void =>
    addRoute(router, path, handlers);
  router.use((_req, res, next) => {
    setAnswerHeaders(res);
    next();
  });
  route('/', { get: [leadOn(deps)] });
  if (hasOwnLogin) route('/login', { get: [showLogin(deps)], post: [signInAndSend(deps), answer] });
  route('/number', { get: [showNumbers(deps)], post: [chooseNumber(deps), answer] });
  route('/code', { get: [showCode(deps)], post: [verifyCode(deps), answer] });
  route('/code/send', { post: [sendCode(deps), answer] });
  if (deps.domain.enrollment.isOn) {
    route('/enroll', { get: [showEnroll(deps)], post: [enroll(deps), answer] });
    route('/account/phones', { post: [addPhone(deps), answer] });
    route('/account/phones/remove', { post: [removePhone(deps), answer] });
  }
  if (deps.domain.trusted.isOn) route('/account/browsers/remove', { post: [removeBrowser(deps), answerAccount(deps)] });
  route('/without-phone', { get: [showWithoutPhone(deps)], post: [signInWithoutPhone(deps), answer] });
  if (deps.domain.recoveryCodes.isOn) route('/account/recovery-codes', { post: makeRecoveryCodes(deps) });
  route('/account', { get: [showAccount(deps)] });
  route('/account/sign-out-everywhere', { post: [signOutEverywhere(deps), answerSignOut(deps)] });
  route('/logout', { post: [signOut(deps), answerSignOut(deps)] });
  route('/session', { get: [showState(deps)] });
  route('/assets/:name', { get: [sendAsset(deps)] });
  router.use(answerErrors(deps, placeOf));
  return router;
}

/** A known path with another method is a 405 that names those it has. */
function addRoute(
  router: Router,
  path: string,
  { get = [], post = [] }: Partial<Record<Method, readonly RequestHandler[]>>,
): void {
  const known = router.route(path);
  if (get.length > 0) known.get(...get);
  if (post.length > 0) known.post(...post);
  const allow = [...(get.length > 0 ? ['GET', 'HEAD'] : []), ...(post.length > 0 ? ['POST'] : [])].join(', ');
  known.all(() => {
    throw new SmsOtpError('METHOD_NOT_ALLOWED', `This path knows ${allow} only.`, { allow });
  });
}

/** A file that the pages load; any other name goes on. */
export function sendAsset({ assets, config }: Deps): RequestHandler {
  const { styles } = config;
  const files = new Map(Object.entries(assets));
  const css = styles !== undefined && 'css' in styles ? styles.css : undefined;
  return function sendAsset(req, res, next) {
    const { name } = req.params;
    if (name === OWN_STYLESHEET && css !== undefined) return void res.type('css').send(css);
    const text = files.get(String(name));
    if (text === undefined) next('route');
    else res.type(extname(String(name))).send(text);
  };
}

/** A password that was right is not asked for again: the page on which the sign-in stands tells what came after it. */
function placeOf(req: Request, { code, details }: SmsOtpError): ErrorPlace {
  const path = pathIn(req);
  if (path === '/logout' || details.words === 'codeUsed' || details.words === 'formNotKept') return 'error';
  if (path === '/code' && req.method === 'POST' && (code === 'INVALID_CODE' || code === 'BAD_REQUEST'))
    return 'redirect';
  if (path === '/login') return 'login or current';
  if (path === '/enroll') return 'enroll';
  if (path === '/without-phone') return 'withoutPhone';
  return path.startsWith('/account') ? 'account' : 'current';
}
