import type { Request, RequestHandler, Response } from 'express';
import { errors, type Interaction, type Provider } from 'oidc-provider';
import { SmsOtpError } from '../errors.ts';
import type { SmsOtp } from '../sms-otp.ts';
import { factsOn } from './acr-check.ts';
import { asksForAcr } from './acr-request.ts';
import { loginResult, maxAgeOf } from './login-result.ts';
import type { OidcRule } from './rule.ts';

/** Takes a `login` interaction through the password and the code; any other interaction goes on. */
export function answerInteractions(otp: SmsOtp, rule: OidcRule, provider: Provider): RequestHandler {
  const answerErrors = otp.answerErrors();
  return async function answerInteractions(req, res, next) {
    if (req.method !== 'GET') return next();
    try {
      const interaction = await findInteraction(provider, req, res);
      if (!isOurs(rule, interaction)) return next();
      res.set('Cache-Control', 'no-store');
      const finish = (): Promise<void> =>
        provider.interactionFinished(req, res, loginResult(rule, interaction, factsOn(req), epochTime()));
      const { user, acr } = factsOn(req);
      if (user !== undefined && acr === undefined) return await finish();
      const gate = otp.requireSmsOtp(gateOptions(interaction));
      gate(req, res, (error?: unknown) => (error === undefined ? finish().catch(next) : next(error)));
    } catch (error) {
      answerErrors(error, req, res, next);
    }
  };
}

/** The provider knows an interaction by a signed cookie; the address must mean the same one. */
async function findInteraction(provider: Provider, req: Request, res: Response): Promise<Interaction> {
  try {
    const interaction = await provider.interactionDetails(req, res);
    if (req.originalUrl.includes(interaction.uid)) return interaction;
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
  }
  throw new SmsOtpError(
    'BAD_REQUEST',
    'This sign-in is over, or was begun in another browser. Please begin again where you came from.',
  );
}

function isOurs({ acr, clients }: OidcRule, { prompt, params }: Interaction): boolean {
  return prompt.name === 'login' && (clients === 'all' || asksForAcr(params, acr));
}

function gateOptions(interaction: Interaction): { maxAgeSeconds?: number } {
  const maxAgeSeconds = maxAgeOf(interaction, epochTime());
  return Number.isFinite(maxAgeSeconds) ? { maxAgeSeconds: Math.max(1, maxAgeSeconds) } : {};
}

function epochTime(): number {
  return Math.floor(Date.now() / 1000);
}
