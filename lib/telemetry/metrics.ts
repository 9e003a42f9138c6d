import type { EventEmitter } from 'node:events';
import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { SmsOtpErrorCode } from '../errors.ts';
import type { SmsOtpEvents } from '../events.ts';

/** In seconds, from a nearby SMSC to the longest send. */
export const MACHINE = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** In seconds, from a phone in the hand to the longest life of a code. */
const NETWORK = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

/** Counts the funnel of codes: requested, accepted, delivered, verified. */
export function countCodes(meter: Meter): Listeners {
  const counter = (name: string, description: string) => createCounter(meter, `sms_otp.codes.${name}`, description);
  const requested = counter('requested', 'Codes that were asked for');
  const notSent = counter('not_sent', 'Codes that were asked for and not sent, by the reason');
  const accepted = counter('accepted', 'Codes that an SMSC accepted, or may have accepted');
  const delivered = counter('delivered', 'Receipts of SMS that arrived');
  const undelivered = counter('undelivered', 'Receipts of SMS that did not arrive, or may not have');
  const verified = counter('verified', 'Codes that came back and were right');
  const refused = counter('refused', 'Codes that came back and opened nothing, by the reason');
  return {
    codeSent: ({ purpose, status, resend, ...facts }) => {
      const place = placeOf(facts);
      requested.add(1, { country: place.country, purpose });
      accepted.add(1, { ...place, purpose, status, resend });
    },
    sendRefused: ({ purpose, reason, ...facts }) => {
      const { country } = placeOf(facts);
      requested.add(1, { country, purpose });
      notSent.add(1, { country, purpose, reason });
    },
    deliveryReported: ({ state, ...facts }) => {
      if (state === 'delivered') delivered.add(1, placeOf(facts));
      else undelivered.add(1, { ...placeOf(facts), state });
    },
    codeAccepted: ({ purpose, browser = 'unknown', ...facts }) =>
      verified.add(1, { ...placeOf(facts), purpose, browser }),
    codeRefused: ({ purpose = 'unknown', reason }) => refused.add(1, { purpose, reason }),
  };
}

/** Measures durations, in seconds. */
export function timeCodes(meter: Meter): Listeners {
  const submit = createTimer(meter, 'sms_otp.submit.duration', "From a send to the SMSC's answer", MACHINE);
  const delivery = createTimer(meter, 'sms_otp.delivery.duration', 'From a send to the receipt', NETWORK);
  const entry = createTimer(meter, 'sms_otp.entry.duration', 'From the last send to the right code', NETWORK);
  const check = createTimer(meter, 'sms_otp.check.duration', 'The check of a code', MACHINE);
  return {
    codeSent: ({ milliseconds, ...facts }) => submit.record(milliseconds / 1000, placeOf(facts)),
    deliveryReported: ({ milliseconds, state, ...facts }) => {
      if (milliseconds !== undefined) delivery.record(milliseconds / 1000, { ...placeOf(facts), state });
    },
    codeAccepted: ({ milliseconds, seconds, ...facts }) => {
      check.record(milliseconds / 1000, { outcome: 'accepted' });
      if (seconds !== undefined) entry.record(seconds, placeOf(facts));
    },
    codeRefused: ({ milliseconds, reason }) => check.record(milliseconds / 1000, { outcome: reason }),
  };
}

const LIMITS: readonly SmsOtpErrorCode[] = ['TOO_MANY_ATTEMPTS', 'TOO_MANY_SENDS', 'FACTOR_LOCKED'];

/** Counts passwords and rare events. No attribute contains a user, a number, or a hash of one. */
export function measureSignIns(meter: Meter): readonly Listeners[] {
  const firstFactors = createCounter(meter, 'sms_otp.first_factors', 'Passwords, by their outcome');
  const faults = createCounter(meter, 'sms_otp.faults', 'Requests that a dependency could not answer');
  const locks = createCounter(meter, 'sms_otp.locks', 'Factors that were locked');
  const alarms = createCounter(meter, 'sms_otp.conversion_alarms', 'Places from which too few codes came back');
  const unreadable = createCounter(meter, 'sms_otp.numbers.unreadable', 'Values of the directory that give no number');
  const notices = createCounter(meter, 'sms_otp.notices_failed', 'Changes that the number was not told of');
  const trusted = createCounter(meter, 'sms_otp.trusted_browsers', 'What became of the trust in browsers');
  const budget = createCounter(meter, 'sms_otp.sms_budget_alarms', 'Shares of smsPerDay that were used up');
  const outcomes: Listeners = {
    firstFactorAccepted: () => firstFactors.add(1, { outcome: 'accepted' }),
    firstFactorRefused: ({ reason }) => firstFactors.add(1, { outcome: reason }),
    factorLocked: () => locks.add(1),
    conversionLow: ({ country = 'unknown', block, route }) => {
      if (route === undefined) alarms.add(1, { country, place: block === undefined ? 'country' : 'block' });
      else alarms.add(1, { route, place: 'route' });
    },
    numberUnreadable: ({ reason }) => unreadable.add(1, { reason }),
    browserTrusted: () => trusted.add(1, { event: 'trusted' }),
    trustedBrowserUsed: () => trusted.add(1, { event: 'used' }),
    trustedBrowserEnded: ({ reason }) => trusted.add(1, { event: reason }),
    noticeFailed: () => notices.add(1),
    smsBudgetUsed: ({ percent }) => budget.add(1, { percent }),
    fault: ({ code }) => faults.add(1, { code }),
  };
  return [outcomes, measureLimits(meter), countSpareCodes(meter)];
}

/** By the names that they have in `amr`. */
const SPARE_KINDS = { helpCode: 'help-code', recoveryCode: 'recovery-code' } as const;

function countSpareCodes(meter: Meter): Listeners {
  const codes = createCounter(meter, 'sms_otp.spare_codes', 'What became of help codes and recovery codes');
  const count = (by: keyof typeof SPARE_KINDS, event: string, total = 1): void =>
    codes.add(total, { kind: SPARE_KINDS[by], event });
  return {
    helpCodeIssued: () => count('helpCode', 'issued'),
    helpCodeUsed: () => count('helpCode', 'used'),
    recoveryCodesMade: ({ codes: made }) => count('recoveryCode', 'issued', made),
    recoveryCodeUsed: () => count('recoveryCode', 'used'),
    withoutPhoneRefused: ({ by, reason }) => count(by, reason),
  };
}

function measureLimits(meter: Meter): Listeners {
  const limits = createCounter(meter, 'sms_otp.limits_hit', 'Refusals by a limit or a lock');
  const count = (code: SmsOtpErrorCode, step: string): void => {
    if (LIMITS.includes(code)) limits.add(1, { code, step });
  };
  return {
    firstFactorRefused: ({ reason }) => count(reason, 'password'),
    sendRefused: ({ reason }) => count(reason, 'send'),
    codeRefused: ({ reason }) => count(reason, 'code'),
    withoutPhoneRefused: ({ reason }) => count(reason, 'without-phone'),
  };
}

/** A counter that is exported from the start, with 0. */
export function createCounter(meter: Meter, name: string, description: string): Counter {
  const counter = meter.createCounter(name, { description });
  counter.add(0);
  return counter;
}

/** A histogram of seconds. */
export function createTimer(meter: Meter, name: string, description: string, bounds: number[]): Histogram {
  return meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: bounds } });
}

/** The way of a code. */
interface Place {
  readonly country?: string;
  readonly smsc?: string;
  readonly route?: string;
}

/** The same as attributes with few values, none of which identifies a person. */
function placeOf({ country = 'unknown', smsc = 'unknown', route }: Place): Attributes & { country: string } {
  return { country, smsc, ...(route !== undefined && { route }) };
}

/** Listeners for some of the events. */
export type Listeners = { readonly [Name in keyof SmsOtpEvents]?: (...facts: SmsOtpEvents[Name]) => void };

/** @returns a function that removes the listeners */
export function listen(events: EventEmitter<SmsOtpEvents>, listeners: Listeners): () => void {
  const all = Object.entries(listeners) as [string, () => void][];
  const emitter: EventEmitter = events;
  for (const [name, listener] of all) emitter.on(name, listener);
  return () => {
    for (const [name, listener] of all) emitter.off(name, listener);
  };
}
