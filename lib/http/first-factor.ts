import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Refused } from '../domain/password.ts';
import type { Proven } from '../domain/password-try.ts';
import type { PasswordReport } from '../domain/ports.ts';
import type { FirstFactor } from '../domain/send-base.ts';
import type { User } from '../domain/user.ts';
import { SmsOtpError, type SmsOtpErrorCode } from '../errors.ts';
import { action, type Deps, eventFacts, isExempt } from './action.ts';
import { readReturnTo } from './paths.ts';
import { readBody, readText } from './request.ts';
import type { Visitor } from './visitor.ts';

/** Refusals end at the next whole multiple, so that their time tells nothing. */
const REFUSAL_MILLISECONDS = 500;
/** A password (RFC 8176). */
const AMR = ['pwd'];

interface Typed {
  readonly username: string;
  readonly password: string;
}

/** Checks username and password from the body: the session has its first factor. */
export function firstFactor(deps: Deps): RequestHandler {
  return action(deps, 'firstFactor', async (req, res) => {
    const { visitor, factor } = await prove(deps, req, res);
    deps.visitors.note(visitor, await deps.domain.start.begin(factor));
  });
}

/** The same, and at once the code if there is one number. */
export function signInAndSend(deps: Deps): RequestHandler {
  const { start } = deps.domain;
  return action(deps, 'signInAndSend', async (req, res) => {
    const { visitor, factor } = await prove(deps, req, res);
    const isFree = await needsNoCode(deps, req, factor);
    const flow = await (isFree ? start.beginExempt(factor) : start.beginAndSend(factor));
    if (flow.trust !== undefined) deps.trustCookie.write(req, res, flow.trust);
    deps.visitors.note(visitor, flow);
  });
}

/** If the app's own rule throws, the password is not counted. */
async function needsNoCode(deps: Deps, req: Request, { proven }: FirstFactor): Promise<boolean> {
  try {
    return await isExempt(deps, proven.user, req);
  } catch (error) {
    await deps.domain.start.abandon(proven);
    throw error;
  }
}

async function prove(
  deps: Deps,
  req: Request,
  res: Response,
): Promise<{ readonly visitor: Visitor; readonly factor: FirstFactor }> {
  const startedAt = deps.clock();
  const visitor = await deps.visitors.resolve(req);
  const body = await readBody(req, res);
  const typed = { username: readText(body, 'username', 256), password: readText(body, 'password', 1024) };
  const { proven, report } = await checkPassword(deps, visitor, typed);
  if ('unspentMilliseconds' in proven) {
    await delay(untilRefusal(deps.clock() - startedAt, proven.unspentMilliseconds));
    throw new SmsOtpError('INVALID_CREDENTIALS');
  }
  const { graceLoginsRemaining, expiresInSeconds: passwordExpiresInSeconds } = report;
  deps.notify('firstFactorAccepted', {
    ...eventFacts(deps, visitor, proven.user.id),
    amr: AMR,
    ...(graceLoginsRemaining !== undefined && { graceLoginsRemaining }),
    ...(passwordExpiresInSeconds !== undefined && { passwordExpiresInSeconds }),
  });
  const returnTo = readReturnTo(body.returnTo);
  const { client, ref: earlier } = visitor;
  return { visitor, factor: { proven, amr: AMR, returnTo, client, earlier } };
}

/** The time that was not spent on a password is waited for, and then up to the next whole multiple. */
function untilRefusal(spent: number, unspent: number): number {
  const all = spent + unspent;
  const end = Math.max(1, Math.ceil(all / REFUSAL_MILLISECONDS)) * REFUSAL_MILLISECONDS;
  return Math.max(0, end - spent);
}

/** The event of a refusal names the user that the directory has under this name, not the user of this session. */
async function checkPassword(
  deps: Deps,
  visitor: Visitor,
  typed: Typed,
): Promise<{ readonly proven: Proven | Refused; readonly report: PasswordReport }> {
  let report: PasswordReport = {};
  let meant: string | undefined;
  const onFound = ({ id }: User): void => {
    meant = id;
  };
  const onReport = (told: PasswordReport): void => {
    report = told;
  };
  const tellRefused = (reason: SmsOtpErrorCode): void =>
    deps.notify('firstFactorRefused', {
      ...eventFacts(deps, visitor, meant),
      reason,
      ...(report.refusal !== undefined && { refusal: report.refusal }),
    });
  try {
    const proven = await deps.domain.passwords.check({ ...typed, client: visitor.client, onFound, onReport });
    if ('unspentMilliseconds' in proven) tellRefused('INVALID_CREDENTIALS');
    return { proven, report };
  } catch (error) {
    if (error instanceof SmsOtpError) tellRefused(error.code);
    throw error;
  }
}
