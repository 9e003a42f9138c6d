import type { RequestHandler } from 'express';
import { action, type Deps } from './action.ts';
import { readBody, readText } from './body.ts';
import { prefersHtml } from './headers.ts';
import { readReturnTo } from './paths.ts';

/** Checks the code: if it is right, the session has a grant, under a new session id. */
export function verifyCode(deps: Deps): RequestHandler {
  return action(deps, 'verifyCode', async (req, res) => {
    const visitor = await deps.visitors.resolve(req);
    const body = await readBody(req, res);
    const { flow, token } = await deps.domain.codes.check({
      ref: visitor.ref,
      client: visitor.client,
      // Whether anything is pending is told before the shape of what was typed is looked at.
      get code() {
        return readText(body, 'code', 64);
      },
      // If the code was sent for another page, its sign-in still leads to the page that asks now.
      returnTo: readReturnTo(body.returnTo),
      isForm: prefersHtml(req),
    });
    if (token !== undefined) deps.browserCookie.write(req, res, token);
    deps.visitors.note(visitor, flow);
  });
}
