import type { Request, RequestHandler, Response } from 'express';
import { needsGrant } from '../domain/challenge.ts';
import { isFault } from '../domain/fault.ts';
import type { SignIn, Standing } from '../domain/sign-in.ts';
import { noChallenge, type Verified } from '../domain/verification.ts';
import { SmsOtpError } from '../errors.ts';
import { readBody, readText } from './body.ts';
import { carryOut } from './carry-out.ts';
import { methodsAfterCode, tellAccepted, tellRefused } from './code-report.ts';
import { requestFacts } from './event-facts.ts';
import { part } from './part.ts';
import { readReturnTo } from './return-to.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

type SignedIn = Standing & { readonly signIn: SignIn };

/** Checks the code: where it is right, the session has a grant, under a new session id. */
export function verifyCode(wiring: Wiring): RequestHandler {
  return part(wiring, 'verifyCode', async (req, res) => {
    const startedAt = wiring.clock();
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
        startedAt,
        req,
        res,
      });
    } catch (error) {
      if (error instanceof SmsOtpError) tellRefused(wiring, { visitor, standing, startedAt }, error);
      throw error;
    }
  });
}

/** The epoch that the new grant stands on: signed out everywhere while the code is checked, it opens nothing. */
async function epochBeneath(wiring: Wiring, { challenge, signIn }: Standing): Promise<string | undefined> {
  if (challenge === undefined || !needsGrant(challenge)) return signIn?.epoch;
  // A grant that was revoked elsewhere may still be in this process's cache: no new one may come of it.
  const grant = signIn?.grantId === undefined ? undefined : await wiring.grants.findNow(signIn.grantId);
  if (grant === undefined) throw noChallenge();
  return grant.epoch;
}

interface Try {
  readonly visitor: Visitor;
  readonly standing: SignedIn;
  readonly code: string;
  readonly epoch: string | undefined;
  readonly startedAt: number;
  readonly req: Request;
  readonly res: Response;
}

async function verify(wiring: Wiring, attempt: Try): Promise<void> {
  const { visitor, standing, code, epoch, req, res } = attempt;
  const { signIn } = standing;
  const { challengeId, subject } = signIn;
  const guess = { challengeId, subject, code, request: requestFacts(visitor) };
  const { verified, isGranted } = await wiring.verification.verify(guess, async (verified) => {
    const outcome = await carryOut(wiring, visitor, { ...standing, epoch }, verified);
    if ('next' in outcome) await wiring.sessions.write(req, outcome.next);
    else await grant(wiring, req, signIn, verified, outcome.epoch);
    return { verified, isGranted: 'epoch' in outcome };
  });
  tellAccepted(wiring, attempt, signIn, verified);
  if (!isGranted) return;
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
  const facts = { acr: wiring.acr, amr: methodsAfterCode(signIn), epoch };
  const grantId = await wiring.grants.give(user, facts);
  const { sessionID } = req;
  try {
    // Who steps up stays who they are: all that the app keeps in the session survives.
    const keep = needsGrant(challenge) ? 'all' : undefined;
    await wiring.sessions.assertStored(req);
    await wiring.sessions.renew(req, { ...signIn, challengeId: undefined, purpose: undefined, grantId }, keep);
    if (await isSignedOut(wiring, signIn)) throw noChallenge();
  } catch (error) {
    await wiring.grants.end(grantId).catch(() => undefined);
    // The code lives on, and the session that has taken the place of the one before must know it, too.
    const isReplaced = req.sessionID !== sessionID;
    if (isReplaced && isFault(error)) await wiring.sessions.write(req, signIn).catch(() => undefined);
    throw error;
  }
}

/** Somebody signed out while the code was checked: what the new grant stands on is gone. */
async function isSignedOut({ grants, policy }: Wiring, signIn: SignIn): Promise<boolean> {
  return signIn.grantId === undefined ? policy.isEnded(signIn) : !(await grants.end(signIn.grantId));
}
