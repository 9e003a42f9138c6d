import type { Challenge } from './challenge.ts';
import type { Account } from './limits.ts';
import { accountOf, type Payer } from './payer.ts';

/** What a guess on this challenge is counted under, right or wrong. */
export function attemptsOn({ id }: Challenge): Account {
  return { limit: 'attemptsPerChallenge', key: id };
}

/** What a wrong guess is counted under. */
export function failuresOf(payer: Payer): { readonly day: Account; readonly month: Account } {
  const key = accountOf(payer);
  return {
    day: { limit: 'failedCodesPerUserPerDay', key },
    month: { limit: 'failedCodesPerUserPer30Days', key },
  };
}
