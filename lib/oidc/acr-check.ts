import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { asksForAcr } from './acr-request.ts';
import { factsOn } from './facts.ts';
import { waitForNextSecond } from './freshness.ts';
import type { OidcRule } from './rule.ts';

/**
 * A check of oidc-provider's `login` prompt: the provider's own session is worth what our grant says now, so that a
 * sign-out, a revoked grant or a changed number counts there, too.
 */
export function acrCheck(rule: OidcRule): interactionPolicy.Check {
  return new interactionPolicy.Check('sms_otp', 'a code by SMS is required', 'login_required', (ctx) =>
    needsSignIn(rule, ctx),
  );
}

async function needsSignIn({ acr, clients, accountId }: OidcRule, { req, oidc }: KoaContextWithOIDC): Promise<boolean> {
  const isAsked = asksForAcr(oidc.params ?? {}, acr);
  const { user, acr: granted, authTime } = factsOn(req);
  if (authTime !== undefined && oidc.promptPending('login')) await waitForNextSecond(authTime);
  const session = oidc.session;
  if (session?.acr === undefined && clients === 'asking') return isAsked;
  if (user === undefined || accountId(user) !== session?.accountId) return true;
  // Whoever is exempt from the code has no acr on either side.
  if (session.acr === undefined) return isAsked;
  return session.acr !== acr || granted !== acr;
}
