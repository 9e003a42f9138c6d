import type { GrantFacts } from '../http/state.ts';

/** Which clients' sign-ins need a code: all, or those that ask for it by `acr_values` or an `acr` claim. */
type Clients = 'all' | 'asking';

/** What the parts of one instance share. */
export interface OidcRule {
  /** The authentication context class that a code reaches. */
  readonly acr: string;
  readonly clients: Clients;
  /** The account that oidc-provider knows for a user. */
  readonly accountId: (user: GrantFacts['user']) => string;
}
