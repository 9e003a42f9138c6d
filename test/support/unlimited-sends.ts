import type { Limits } from '../../lib/domain/rate-limiter.ts';

/** For tests that send more than anybody does, all from one address. */
export const UNLIMITED_SENDS = {
  sendsPerUserPerHour: false,
  sendsPerUserPerDay: false,
  sendsPerNumberPerHour: false,
  sendsPerNumberPerDay: false,
  sendsPerDayHard: false,
  sendsPerAddressPerHour: false,
} as const satisfies Partial<Limits>;
