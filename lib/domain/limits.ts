const HOUR = 60 * 60;
/** One day, in seconds. */
export const DAY_SECONDS = 24 * HOUR;
const DAY = DAY_SECONDS;

/**
 * Every limit: its option's name, its default and its window in seconds. Windows are fixed and begin at the first
 * count.
 */
export const LIMITS = {
  attemptsPerChallenge: { default: 5, windowSeconds: DAY },
  failedCodesPerUserPerDay: { default: 10, windowSeconds: DAY },
  failedCodesPerUserPer30Days: { default: 30, windowSeconds: 30 * DAY },
  sendsPerUserPerHour: { default: 5, windowSeconds: HOUR },
  sendsPerUserPerDay: { default: 10, windowSeconds: DAY },
  sendsPerNumberPerHour: { default: 5, windowSeconds: HOUR },
  sendsPerNumberPerDay: { default: 10, windowSeconds: DAY },
  sendsPerDayHard: { default: 30, windowSeconds: DAY },
  sendsPerAddressPerHour: { default: 100, windowSeconds: HOUR },
  /** Numbers that nobody has proven yet, E.164 without the last four digits. */
  sendsPerBlockPerHour: { default: 20, windowSeconds: HOUR },
  smsPerDay: { default: false, windowSeconds: DAY },
  /** The window is the option `passwordPauseSeconds`. */
  failedPasswordsPerUser: { default: 5, windowSeconds: 1800 },
  failedPasswordsPerAddressPerHour: { default: 100, windowSeconds: HOUR },
} as const satisfies Record<string, { default: number | false; windowSeconds: number }>;

/** The limits that count something, by the names of their options. */
export type LimitName = keyof typeof LIMITS;

/** How much there may be of each, from 1; `false` lifts a limit. docs/reference.md says what each counts. */
export interface Limits extends Readonly<Record<LimitName, number | false>> {
  /** How long no password of a user is looked at once `failedPasswordsPerUser` is used up. @default 1800 */
  readonly passwordPauseSeconds: number;
  /** Whether a browser in which the user has finished a sign-in has counters of its own. @default true */
  readonly knownBrowser: boolean;
}
