import type { Meter } from '@opentelemetry/api';
import type { SmsOtpErrorCode } from '../errors.ts';
import { createCounter } from './instruments.ts';
import type { Listeners } from './listeners.ts';

const LIMITS: readonly SmsOtpErrorCode[] = ['TOO_MANY_ATTEMPTS', 'TOO_MANY_SENDS', 'FACTOR_LOCKED'];

/** Counts passwords and what should be rare. Neither a user, nor a number, nor a hash of one becomes an attribute. */
export function measureSignIns(meter: Meter): readonly Listeners[] {
  const firstFactors = createCounter(meter, 'sms_otp.first_factors', 'Passwords, by their outcome');
  const faults = createCounter(meter, 'sms_otp.faults', 'Answers that a dependency could not give');
  const locks = createCounter(meter, 'sms_otp.locks', 'Factors that were locked');
  const alarms = createCounter(meter, 'sms_otp.conversion_alarms', 'Places from which too few codes came back');
  const outcomes: Listeners = {
    firstFactorAccepted: () => firstFactors.add(1, { outcome: 'accepted' }),
    firstFactorRefused: ({ reason }) => firstFactors.add(1, { outcome: reason }),
    factorLocked: () => locks.add(1),
    conversionLow: ({ country = 'unknown', block }) =>
      alarms.add(1, { country, place: block === undefined ? 'country' : 'block' }),
    fault: ({ code }) => faults.add(1, { code }),
  };
  return [outcomes, measureLimits(meter)];
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
  };
}
