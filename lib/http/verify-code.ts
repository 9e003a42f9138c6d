import type { RequestHandler } from 'express';
import type { Challenge } from '../domain/challenge.ts';
import type { SignIn, Standing } from '../domain/sign-in.ts';
import { noChallenge } from '../domain/verification.ts';
import { SmsOtpError } from '../errors.ts';
import { readBody, readText } from './body.ts';
import { eventFacts } from './event-facts.ts';
import { part } from './part.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** Checks the code: where it is right, the session has a grant, under a new session id. */
export function verifyCode(wiring: Wiring): RequestHandler {
  return part(wiring, 'verifyCode', async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = await wiring.visitors.standing(visitor);
    const { signIn } = standing;
    try {
      if (signIn?.challengeId === undefined) throw noChallenge();
      const epoch = await epochBeneath(wiring, standing);
      const code = readText(await readBody(req, res), 'code', 64);
      const { challenge, granted } = await verify(wiring, visitor, signIn, { code, epoch });
      // Who steps up stays who they are: all that the app keeps in the session survives.
      await wiring.sessions.renew(req, granted, challenge.purpose === 'sign-in' ? undefined : 'all');
      await wiring.policy.finish(signIn);
      const token = wiring.payers.issue(challenge.subject, visitor.token);
      if (token !== undefined) wiring.browserToken.write(req, res, token);
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
  if (challenge?.purpose !== 'step-up') return challenge?.purpose === 'sign-in' ? signIn?.epoch : undefined;
  // A grant that was revoked elsewhere may still be in this process's cache: no new one may come of it.
  const grant = signIn?.grantId === undefined ? undefined : await wiring.grants.findNow(signIn.grantId);
  if (grant === undefined) throw noChallenge();
  return grant.epoch;
}

async function verify(
  wiring: Wiring,
  visitor: Visitor,
  signIn: SignIn,
  { code, epoch }: { readonly code: string; readonly epoch: string | undefined },
): Promise<{ challenge: Challenge; granted: SignIn }> {
  const { challengeId, subject, amr, grantId } = signIn;
  const { challenge, user } = await wiring.verification.verify({ challengeId, subject, code });
  const facts = { acr: wiring.acr, amr: [...new Set([...amr, 'sms', 'otp', 'mfa'])], epoch };
  const granted = { ...signIn, challengeId: undefined, grantId: await wiring.grants.give(user, facts) };
  if (grantId !== undefined) await wiring.grants.end(grantId);
  wiring.notify('codeAccepted', { ...eventFacts(wiring, visitor), purpose: challenge.purpose });
  return { challenge, granted };
}
