import type { Request, Response } from 'express';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { SmsOtp } from '../sms-otp.ts';
import { factsOn } from './facts.ts';
import type { OidcRule } from './rule.ts';

/** Whoever signs out at the provider is signed out here: else the next sign-in would ask for nothing. */
export function signOutWithProvider(otp: SmsOtp, rule: OidcRule, provider: Provider): void {
  const signOut = otp.signOut();
  provider.use(async (ctx, next) => {
    await next();
    const { oidc }: Partial<KoaContextWithOIDC> = ctx;
    const isSignedOut =
      oidc?.route === 'end_session_confirm' && ctx.status === 303 && oidc.params?.logout !== undefined;
    if (!isSignedOut) return;
    const { user } = factsOn(ctx.req);
    // oidc-provider also ends its session where somebody else has signed in meanwhile, who stays.
    if (user === undefined || rule.accountId(user) !== oidc.session?.accountId) return;
    // Mounted in an Express app, Koa is handed Express' own objects.
    const [req, res] = [ctx.req as Request, ctx.res as Response];
    await new Promise<void>((resolve, reject) => {
      signOut(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
    });
  });
}
