import type { SmsOtpOptions } from 'express-sms-otp';

/** What the bank decides for everybody, wherever its directory and its operator are. */
export const OTP_OPTIONS = {
  appName: 'Example Bank',
  afterSignInUrl: '/dashboard',
  enrollment: { when: 'always', allowedCountries: ['SE', 'NO', 'DK', 'FI', 'DE', 'FR', 'ES', 'GB', 'US'] },
} as const satisfies Partial<SmsOtpOptions>;
