import { approveSend } from './approval.ts';
import type { Config } from './config.ts';
import { AccountWatch } from './domain/account-watch.ts';
import { Challenges } from './domain/challenge.ts';
import { Cooldown } from './domain/cooldown.ts';
import { Deliveries } from './domain/delivery.ts';
import { Dispatch } from './domain/dispatch.ts';
import { EndedSignIns } from './domain/ended-sign-ins.ts';
import { Enrollment } from './domain/enrollment.ts';
import { type Directory, failClosedDirectory, failClosedState } from './domain/fault.ts';
import { Grants } from './domain/grant.ts';
import { GuessBudget } from './domain/guess-budget.ts';
import { Keyring } from './domain/keyring.ts';
import { Limiter } from './domain/limits.ts';
import { Notices } from './domain/notices.ts';
import { describeNumber, type NumberFacts } from './domain/number-facts.ts';
import { PasswordCheck } from './domain/password.ts';
import { Payers } from './domain/payer.ts';
import { PhoneBook } from './domain/phone-book.ts';
import type { Clock, SharedState } from './domain/ports.ts';
import { SendBudget } from './domain/send-budget.ts';
import { SignInPolicy } from './domain/sign-in-policy.ts';
import { localeOf, type User, wishesOf } from './domain/user.ts';
import { Verification } from './domain/verification.ts';
import type { Notify } from './events.ts';
import { reportPhones } from './phone-report.ts';
import { reportSends } from './send-report.ts';
import type { SmsWriter } from './sms-text.ts';

/** What the domain needs from outside. */
export interface SecondFactorNeeds {
  readonly config: Config;
  readonly shared: SharedState;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly write: SmsWriter;
}

/** The domain of one instance. */
export interface SecondFactor {
  readonly directory: Directory;
  readonly passwords: PasswordCheck;
  readonly payers: Payers;
  readonly challenges: Challenges;
  readonly cooldown: Cooldown;
  readonly deliveries: Deliveries;
  readonly guesses: GuessBudget;
  readonly grants: Grants;
  readonly enrollment: Enrollment;
  readonly policy: SignInPolicy;
  readonly phoneBook: PhoneBook;
  readonly notices: Notices;
  readonly dispatch: Dispatch;
  readonly verification: Verification;
  /** What an event may say of a number. */
  readonly describeNumber: (number: string) => NumberFacts;
}

/** Puts the domain together. */
export function createSecondFactor({ config, shared, clock, notify, write }: SecondFactorNeeds): SecondFactor {
  const { transport, codeLength, resendAfterSeconds, defaultCountry, logger } = config;
  const keyring = new Keyring(config.name, [config.secret].flat());
  const state = failClosedState(shared);
  const directory = failClosedDirectory(config.userStore);
  const limiter = new Limiter(state, keyring, config.limits);
  const challenges = new Challenges(state, keyring, clock, config);
  const cooldown = new Cooldown(state, keyring, clock);
  const deliveries = new Deliveries(state, keyring, clock);
  const guesses = new GuessBudget(limiter, state, keyring);
  const payers = new Payers(state, keyring, config.limits.knownBrowser);
  const passwords = new PasswordCheck(directory, limiter, payers);
  const sends = new SendBudget(limiter, clock, (percent) =>
    notify('smsBudgetUsed', { time: new Date(clock()), percent }),
  );
  const watch = new AccountWatch(state, keyring, directory);
  const grants = new Grants(state, keyring, clock, config.sessionMaxAgeSeconds, watch);
  const onUnreadableNumber = (masked: string): void =>
    logger.warn(`A phone number in the directory cannot be read: ${masked}`);
  const enrollment = new Enrollment(config.enrollment, defaultCountry);
  const policy = new SignInPolicy({
    challenges,
    grants,
    ended: new EndedSignIns(state, keyring),
    directory,
    enrollment,
    clock,
    defaultCountry,
    onUnreadableNumber,
  });
  const numbersOf = (user: User): readonly string[] => policy.numbersOf(user);
  const phones = reportPhones({ notify, clock, keyring });
  const notices = new Notices({
    transport,
    clock,
    compose: (notice, user) => write.notice(notice, wishesOf(localeOf(user), [])),
    onFailure: phones.onNoticeFailure,
  });
  const shares = { challenges, cooldown, deliveries, guesses, sends };
  return {
    directory,
    passwords,
    payers,
    challenges,
    cooldown,
    deliveries,
    guesses,
    grants,
    enrollment,
    policy,
    notices,
    phoneBook: new PhoneBook({
      directory,
      grants,
      state,
      keyring,
      notices,
      defaultCountry,
      numbersOf,
      onChange: phones.onChange,
    }),
    dispatch: new Dispatch({
      ...shares,
      transport,
      clock,
      resendAfterSeconds,
      report: reportSends({ notify, clock, keyring }),
      approve: approveSend(config.beforeSend),
      compose: ({ purpose, languages }, code, secondsLeft) => write.code(purpose, code, secondsLeft, languages),
    }),
    verification: new Verification({
      ...shares,
      directory,
      codeLength,
      isStillMeant: (challenge, user) => policy.isStillMeant(challenge, user),
      onLock: ({ number }, { subject: userId, request }) =>
        notify('factorLocked', { time: new Date(clock()), userId, ...request, ...describeNumber(keyring, number) }),
    }),
    describeNumber: (number) => describeNumber(keyring, number),
  };
}
