import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { PasswordTry } from '../domain/password.ts';
import type { PasswordReport } from '../domain/password-report.ts';
import type { SignIn } from '../domain/sign-in.ts';
import { localeOf, type User } from '../domain/user.ts';
import { SmsOtpError, type SmsOtpErrorCode } from '../errors.ts';
import { readBody, readText } from './body.ts';
import { eventFacts, requestFacts } from './event-facts.ts';
import { giveExemption, isExempt } from './exemption.ts';
import { part } from './part.ts';
import { readReturnTo } from './return-to.ts';
import { send } from './send.ts';
import { pickNumber } from './standing.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** The same for every refusal, so that its length tells nothing. */
const REFUSAL_MILLISECONDS = 500;
/** A password (RFC 8176). */
const AMR = ['pwd'];

interface Proven {
  readonly visitor: Visitor;
  readonly user: User;
  readonly signIn: SignIn;
}

/** Checks username and password from the body: the session has its first factor. */
export function firstFactor(wiring: Wiring): RequestHandler {
  return part(wiring, 'firstFactor', async (req, res) => {
    const proven = await prove(wiring, req, res);
    await begin(wiring, req, proven.visitor, proven.signIn);
  });
}

/** The same, and at once the code where there is one number. Where that is refused, the session stays as it was. */
export function signInAndSend(wiring: Wiring): RequestHandler {
  return part(wiring, 'signInAndSend', async (req, res) => {
    const proven = await prove(wiring, req, res);
    // A browser without a cookie has asked the store for nothing yet: no SMS goes out that it could not remember.
    await wiring.sessions.tryOut(req);
    try {
      await begin(wiring, req, proven.visitor, await goOn(wiring, req, proven));
    } catch (error) {
      // The password was right: it need not be typed again once the SMSC is back.
      if (error instanceof SmsOtpError && error.code === 'SMS_UNAVAILABLE') {
        await begin(wiring, req, proven.visitor, proven.signIn);
      }
      throw error;
    }
  });
}

/** Whatever the session was good for before ends here. */
async function begin(wiring: Wiring, req: Request, visitor: Visitor, signIn: SignIn): Promise<void> {
  await wiring.sessions.renew(req, signIn);
  if (visitor.signIn !== undefined) await wiring.policy.end(visitor.signIn);
}

/** As far as a sign-in comes without a choice. */
async function goOn(wiring: Wiring, req: Request, { visitor, user, signIn }: Proven): Promise<SignIn> {
  if (await isExempt(wiring, req, user)) return giveExemption(wiring, visitor, user, signIn);
  const standing = { ...wiring.policy.decide({ stage: 'send', signIn }, user), user, signIn };
  if (standing.stage === 'enroll') return signIn;
  if (standing.stage === 'number') return { ...signIn, shown: standing.numbers };
  return send(wiring, visitor, standing, { number: pickNumber(standing), purpose: 'sign-in' }, undefined);
}

async function prove(wiring: Wiring, req: Request, res: Response): Promise<Proven> {
  const refusedAt = wiring.clock() + REFUSAL_MILLISECONDS;
  const visitor = await wiring.visitors.of(req);
  const body = await readBody(req, res);
  const username = readText(body, 'username', 256);
  const password = readText(body, 'password', 1024);
  const { user, report } = await checkPassword(wiring, visitor, { username, password });
  if (user === undefined) {
    await delay(Math.max(0, refusedAt - wiring.clock()));
    throw new SmsOtpError('INVALID_CREDENTIALS', 'This username or password is not right.');
  }
  const { graceLoginsRemaining, expiresInSeconds: passwordExpiresInSeconds } = report;
  wiring.notify('firstFactorAccepted', {
    ...eventFacts(wiring, visitor, user.id),
    amr: AMR,
    ...(graceLoginsRemaining === undefined ? {} : { graceLoginsRemaining }),
    ...(passwordExpiresInSeconds === undefined ? {} : { passwordExpiresInSeconds }),
  });
  const id = randomBytes(16).toString('base64url');
  const facts = { id, subject: user.id, amr: AMR, locale: localeOf(user), returnTo: readReturnTo(body.returnTo) };
  const signIn = await wiring.policy.begin(facts);
  return { visitor, user, signIn };
}

/** The event of a refusal names whom the directory means by the name, not whoever has this session. */
async function checkPassword(
  wiring: Wiring,
  visitor: Visitor,
  typed: Pick<PasswordTry, 'username' | 'password'>,
): Promise<{ readonly user: User | undefined; readonly report: PasswordReport }> {
  const { addressBlock, token } = visitor;
  let report: PasswordReport = {};
  let meant: { readonly userId?: string } = {};
  const hears = {
    onFound({ id }: User): void {
      meant = { userId: id };
    },
    onReport(told: PasswordReport): void {
      report = told;
    },
  };
  const tellRefused = (reason: SmsOtpErrorCode): void =>
    wiring.notify('firstFactorRefused', {
      ...{ time: new Date(wiring.clock()), ...meant, ...requestFacts(visitor), reason },
      ...(report.refusal === undefined ? {} : { refusal: report.refusal }),
    });
  try {
    const user = await wiring.passwords.check({ ...typed, addressBlock, token, ...hears });
    if (user === undefined) tellRefused('INVALID_CREDENTIALS');
    return { user, report };
  } catch (error) {
    if (error instanceof SmsOtpError) tellRefused(error.code);
    throw error;
  }
}
