import { errors, interactionPolicy, type KoaContextWithOIDC, type UnknownObject } from 'oidc-provider';
import { z } from 'zod';
import { factsOn, type OidcRule, waitForNextSecond } from './sign-in.ts';

const requestedClaims = z.object({
  id_token: z
    .object({
      acr: z
        .object({
          essential: z.boolean().optional(),
          value: z.string().optional(),
          values: z.array(z.string()).optional(),
        })
        .nullish(),
    })
    .optional(),
});

/**
 * Whether an authorization request asks for our acr: by `acr_values`, by the client's default, or by a claim. Every one
 * of them must be met: oidc-provider 9.13 ignores an essential claim if the request also has `acr_values`.
 *
 * @param params of the authorization request
 * @param acr the only one that can be reached here
 * @throws errors.UnmetAuthenticationRequirements if the request names another one, voluntary or essential
 */
export function asksForAcr(params: UnknownObject, acr: string): boolean {
  const lists = [...readAcrValues(params.acr_values), ...readAcrClaim(params.claims, acr)];
  if (lists.every((accepted) => accepted.includes(acr))) return lists.length > 0;
  throw new errors.UnmetAuthenticationRequirements('the requested authentication context class cannot be reached here');
}

function readAcrValues(acrValues: unknown): readonly string[][] {
  const accepted = typeof acrValues === 'string' ? acrValues.split(' ').filter((value) => value !== '') : [];
  return accepted.length === 0 ? [] : [accepted];
}

/** OpenID Connect Core 5.5.1: one value, several, or none, which means any. */
function readAcrClaim(claims: unknown, acr: string): readonly (readonly string[])[] {
  if (typeof claims !== 'string') return [];
  const { success, data } = requestedClaims.safeParse(JSON.parse(claims));
  if (!success) throw new errors.InvalidRequest('claims.id_token.acr is not understood');
  const { essential, value, values } = data.id_token?.acr ?? {};
  const lists = [...(value === undefined ? [] : [[value]]), ...(values === undefined ? [] : [values])];
  return lists.length === 0 && essential === true ? [[acr]] : lists;
}

/**
 * A check in oidc-provider's `login` prompt. The provider's own session counts only as long as our grant does, so a
 * sign-out, a revoked grant or a changed number ends it too.
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
  // An exempt person has no acr on either side.
  if (session.acr === undefined) return isAsked;
  return session.acr !== acr || granted !== acr;
}
