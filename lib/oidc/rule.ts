import type { GrantFacts } from '../http/state.ts';

/** What the parts of one instance share. */
export interface OidcRule {
  /** The authentication context class that a code reaches. */
  readonly acr: string;
  /** Whose sign-ins need a code: all, or those that ask for it by `acr_values` or an `acr` claim. */
  readonly clients: 'all' | 'asking';
  /** The account that oidc-provider knows for a user. */
  readonly accountId: (user: GrantFacts['user']) => string;
}
