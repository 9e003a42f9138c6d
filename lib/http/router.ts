import { extname } from 'node:path';
import { type Request, type RequestHandler, Router } from 'express';
import { SmsOtpError } from '../errors.ts';
import { addPhone, removePhone, signOutEverywhere } from './account.ts';
import { answerErrors, type ErrorPlace } from './answer-errors.ts';
import { answerState, showState } from './answer-state.ts';
import { chooseNumber } from './choose-number.ts';
import { enroll } from './enroll.ts';
import { signInAndSend } from './first-factor.ts';
import { setAnswerHeaders } from './headers.ts';
import { OWN_STYLESHEET } from './locals.ts';
import { sendCode } from './send-code.ts';
import { showAccount, showCode, showEnroll, showLogin, showNumbers } from './show.ts';
import { signOut } from './sign-out.ts';
import { verifyCode } from './verify-code.ts';
import type { Wiring } from './wiring.ts';

interface RouteHandlers {
  readonly get?: readonly RequestHandler[];
  readonly post?: readonly RequestHandler[];
}

/** The routes under `basePath`; an unknown path goes on. Without its own login the app signs people in by itself. */
export function createRouter(wiring: Wiring, hasOwnLogin: boolean): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const answer = answerState(wiring);
  const route = (path: string, handlers: RouteHandlers): void => addRoute(router, path, handlers);
  router.use((_req, res, next) => {
    setAnswerHeaders(res);
    next();
  });
  if (hasOwnLogin) route('/login', { get: [showLogin(wiring)], post: [signInAndSend(wiring), answer] });
  route('/number', { get: [showNumbers(wiring)], post: [chooseNumber(wiring), answer] });
  route('/code', { get: [showCode(wiring)], post: [verifyCode(wiring), answer] });
  route('/code/send', { post: [sendCode(wiring), answer] });
  if (wiring.enrollment.isOn) {
    route('/enroll', { get: [showEnroll(wiring)], post: [enroll(wiring), answer] });
    route('/account/phones', { post: [addPhone(wiring), answer] });
    route('/account/phones/remove', { post: [removePhone(wiring), answer] });
  }
  route('/account', { get: [showAccount(wiring)] });
  route('/account/sign-out-everywhere', { post: [signOutEverywhere(wiring), answer] });
  route('/logout', { post: [signOut(wiring), answer] });
  route('/session', { get: [showState(wiring)] });
  route('/assets/:name', { get: [sendAsset(wiring)] });
  router.use(answerErrors(wiring, placeOf));
  return router;
}

/** A known path with another method is a 405 that names those it has. */
function addRoute(router: Router, path: string, { get = [], post = [] }: RouteHandlers): void {
  const known = router.route(path);
  if (get.length > 0) known.get(...get);
  if (post.length > 0) known.post(...post);
  const allow = [...(get.length > 0 ? ['GET', 'HEAD'] : []), ...(post.length > 0 ? ['POST'] : [])].join(', ');
  known.all(() => {
    throw new SmsOtpError('METHOD_NOT_ALLOWED', `This path knows ${allow} only.`, { allow });
  });
}

function sendAsset({ assets, styles }: Wiring): RequestHandler {
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

/** A password that was right is not asked for again: where only the SMS failed, its button is shown. */
function placeOf({ path }: Request, { code }: SmsOtpError): ErrorPlace {
  if (path === '/logout') return 'error';
  if (path === '/login' && code !== 'SMS_UNAVAILABLE') return 'login';
  if (path === '/enroll') return 'enroll';
  return path.startsWith('/account') ? 'account' : 'current';
}
