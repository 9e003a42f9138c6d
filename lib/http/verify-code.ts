import type { Request, RequestHandler, Response } from 'express';
import { needsGrant, type SignIn, type Standing } from '../domain/sign-in.ts';
import { noChallenge, type Verified } from '../domain/verification.ts';
import { SmsOtpError } from '../errors.ts';
import { readBody, readText } from './body.ts';
import { carryOut } from './carry-out.ts';
import { eventFacts } from './event-facts.ts';
import { part } from './part.ts';
import { readReturnTo } from './return-to.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

type SignedIn = Standing & { readonly signIn: SignIn };

/** Checks the code: where it is right, the session has a grant, under a new session id. */
export function verifyCode(wiring: Wiring): RequestHandler {
  return part(wiring, 'verifyCode', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = await wiring.visitors.standing(visitor);
    const { signIn } = standing;
    try {
      if (signIn?.challengeId === undefined) throw noChallenge();
      const epoch = await epochBeneath(wiring, standing);
      const body = await readBody(req, res);
      const code = readText(body, 'code', 64);
      // Where the code was sent for another page, its sign-in still leads to the page that asks now.
      const returnTo = readReturnTo(body.returnTo) ?? signIn.returnTo;
      await verify(wiring, {
        visitor,
        standing: { ...standing, signIn: { ...signIn, returnTo } },
        code,
        epoch,
        req,
        res,
      });
    } catch (error) {
      if (error instanceof SmsOtpError) {
        wiring.notify('codeRefused', { ...eventFacts(wiring, visitor), reason: error.code });
      }
      throw error;
    }
  });
}

/**
 * The epoch that the new grant stands on: signed out everywhere while the code is checked, it opens nothing. A change of
 * numbers begins an epoch of its own.
 */
async function epochBeneath(wiring: Wiring, { challenge, signIn }: Standing): Promise<string | undefined> {
  if (challenge === undefined || !needsGrant(challenge))
    return challenge?.purpose === 'sign-in' ? signIn?.epoch : undefined;
  // A grant that was revoked elsewhere may still be in this process's cache: no new one may come of it.
  const grant = signIn?.grantId === undefined ? undefined : await wiring.grants.findNow(signIn.grantId);
  if (grant === undefined) throw noChallenge();
  return challenge.purpose === 'step-up' ? grant.epoch : undefined;
}

interface Try {
  readonly visitor: Visitor;
  readonly standing: SignedIn;
  readonly code: string;
  readonly epoch: string | undefined;
  readonly req: Request;
  readonly res: Response;
}

async function verify(wiring: Wiring, { visitor, standing, code, epoch, req, res }: Try): Promise<void> {
  const { signIn } = standing;
  const { challengeId, subject, grantId } = signIn;
  const { purpose, isOver } = await wiring.verification.verify({ challengeId, subject, code }, async (verified) => {
    const next = await carryOut(wiring, visitor, standing, verified);
    if (next === undefined) await grant(wiring, req, signIn, verified, epoch);
    else await wiring.sessions.write(req, next);
    return { purpose: verified.challenge.purpose, isOver: next === undefined };
  });
  wiring.notify('codeAccepted', { ...eventFacts(wiring, visitor), purpose });
  if (!isOver) return;
  if (grantId !== undefined) await wiring.grants.end(grantId);
  await wiring.policy.finish(signIn);
  const token = wiring.payers.issue(subject, visitor.token);
  if (token !== undefined) wiring.browserToken.write(req, res, token);
}

/** Where the session cannot be written the grant is worth nothing, and the code lives on. */
async function grant(
  wiring: Wiring,
  req: Request,
  signIn: SignIn,
  { user, challenge }: Verified,
  epoch: string | undefined,
): Promise<void> {
  const amr = [...new Set([...signIn.amr, 'sms', 'otp', 'mfa'])];
  const grantId = await wiring.grants.give(user, { acr: wiring.acr, amr, epoch });
  try {
    // Who steps up stays who they are: all that the app keeps in the session survives.
    const keep = needsGrant(challenge) ? 'all' : undefined;
    await wiring.sessions.renew(req, { ...signIn, challengeId: undefined, grantId }, keep);
  } catch (error) {
    await wiring.grants.end(grantId).catch(() => undefined);
    throw error;
  }
}
