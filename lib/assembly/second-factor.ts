import { Dispatch } from '../domain/dispatch.ts';
import { EndedSignIns } from '../domain/ended-sign-ins.ts';
import { Enrollment } from '../domain/enrollment.ts';
import { Masks } from '../domain/masked-number.ts';
import { Notices } from '../domain/notices.ts';
import { NumberReader } from '../domain/number-reader.ts';
import { PhoneBook } from '../domain/phone-book.ts';
import { SignInPolicy } from '../domain/sign-in-policy.ts';
import { UnreadableNumbers } from '../domain/unreadable-numbers.ts';
import { localeOf, wishesOf } from '../domain/user.ts';
import { Verification } from '../domain/verification.ts';
import { approveSend } from './approval.ts';
import type { OnForgotten } from './fault-report.ts';
import { reportPhones, reportUnreadable } from './phone-report.ts';
import { createRecords, type RecordNeeds, type Records } from './records.ts';
import { reportSends } from './send-report.ts';
import type { SmsWriter } from './sms-text.ts';

/** What the domain needs from outside. */
export interface SecondFactorNeeds extends RecordNeeds {
  readonly write: SmsWriter;
  readonly onForgotten: OnForgotten;
}

/** The domain of one instance. */
export interface SecondFactor extends Omit<Records, 'keyring' | 'state' | 'sends'> {
  readonly enrollment: Enrollment;
  readonly policy: SignInPolicy;
  readonly masks: Masks;
  readonly phoneBook: PhoneBook;
  readonly notices: Notices;
  readonly dispatch: Dispatch;
  readonly verification: Verification;
}

/** Puts the domain together. */
export function createSecondFactor(needs: SecondFactorNeeds): SecondFactor {
  const records = createRecords(needs);
  const enrollment = new Enrollment(
    needs.config.enrollment,
    needs.config.defaultCountry,
    needs.config.userStore.maxNumbers,
  );
  const numbers = new NumberReader(needs.config);
  const policy = createPolicy(needs, records, enrollment, numbers);
  return {
    ...records,
    enrollment,
    policy,
    masks: new Masks(needs.config.defaultCountry),
    ...createPhoneBook(needs, records, policy, numbers),
    dispatch: createDispatch(needs, records),
    verification: createVerification(needs, records, policy),
  };
}

function createPolicy(
  { config, clock, notify }: SecondFactorNeeds,
  records: Records,
  enrollment: Enrollment,
  numbers: NumberReader,
): SignInPolicy {
  const tell = reportUnreadable({ notify, clock, logger: config.logger });
  const unreadable = new UnreadableNumbers({ ...records, clock, store: config.userStore, tell });
  return new SignInPolicy({
    ...records,
    ended: new EndedSignIns(records.state, records.keyring),
    enrollment,
    clock,
    numbers,
    onUnreadable: (user, values) => unreadable.note(user, values),
  });
}

function createPhoneBook(
  { config, clock, notify, write, onForgotten }: SecondFactorNeeds,
  records: Records,
  policy: SignInPolicy,
  numbers: NumberReader,
): Pick<SecondFactor, 'phoneBook' | 'notices'> {
  const { transport } = config;
  const { onChange, onNoticeFailure } = reportPhones({ notify, clock, keyring: records.keyring });
  const notices = new Notices({
    transport,
    clock,
    // They are the alarm of the one who had the number: sent also where nothing can be counted.
    count: () => records.sends.note().catch(onForgotten),
    compose: (notice, user) => write.notice(notice, wishesOf(localeOf(user), [])),
    onFailure: onNoticeFailure,
  });
  const numbersOf: SignInPolicy['numbersOf'] = (user) => policy.numbersOf(user);
  return { notices, phoneBook: new PhoneBook({ ...records, notices, numbers, numbersOf, onChange }) };
}

function createDispatch({ config, clock, notify, write, onForgotten }: SecondFactorNeeds, records: Records): Dispatch {
  const { transport, resendAfterSeconds, beforeSend } = config;
  return new Dispatch({
    ...records,
    transport,
    clock,
    resendAfterSeconds,
    report: reportSends({ notify, clock, describeNumber: records.describeNumber, onForgotten }),
    approve: approveSend(beforeSend),
    compose: ({ purpose, languages }, code, secondsLeft) => write.code(purpose, code, secondsLeft, languages),
  });
}

function createVerification(
  { config, clock, notify, onForgotten }: SecondFactorNeeds,
  records: Records,
  policy: SignInPolicy,
): Verification {
  return new Verification({
    ...records,
    codeLength: config.codeLength,
    isStillMeant: (challenge, user) => policy.isStillMeant(challenge, user),
    onForgotten,
    onLock: ({ number }, { subject: userId, request }) => {
      const facts = records.describeNumber(number);
      notify('factorLocked', { time: new Date(clock()), userId, ...request, ...facts });
    },
  });
}
