import type { SmsOtpOptions } from 'express-sms-otp';

/** The bank's own settings, for any directory and any operator. */
export const OTP_OPTIONS = {
  appName: 'Example Bank',
  afterSignInUrl: '/dashboard',
  enrollment: { when: 'always', allowedCountries: ['SE', 'NO', 'DK', 'FI', 'DE', 'FR', 'ES', 'GB', 'US'] },
  trustBrowser: { days: 30 },
} as const satisfies Partial<SmsOtpOptions>;
