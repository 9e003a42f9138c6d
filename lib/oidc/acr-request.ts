import { errors, type UnknownObject } from 'oidc-provider';
import { z } from 'zod';

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
 * Whether an authorization request asks for our acr: by `acr_values`, by the client's default, or by a claim. All that
 * it names must be met: oidc-provider 9.13 forgets an essential claim where there are `acr_values`, too.
 *
 * @param params of the authorization request
 * @param acr the one that can be reached here
 * @throws errors.UnmetAuthenticationRequirements where something else is asked for, voluntary or essential
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

/** OpenID Connect Core 5.5.1: one value, several, or none; then any will do. */
function readAcrClaim(claims: unknown, acr: string): readonly (readonly string[])[] {
  if (typeof claims !== 'string') return [];
  const { success, data } = requestedClaims.safeParse(JSON.parse(claims));
  if (!success) throw new errors.InvalidRequest('claims.id_token.acr is not understood');
  const { essential, value, values } = data.id_token?.acr ?? {};
  const lists = [...(value === undefined ? [] : [[value]]), ...(values === undefined ? [] : [values])];
  return lists.length === 0 && essential === true ? [[acr]] : lists;
}
