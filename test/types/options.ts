// Compiled, never run: what `smsOtp()` takes and refuses.
import type express from 'express';
import {
  type Country,
  MemoryUserStore,
  type SmsOtpOptions,
  type SmsTransport,
  smsOtp,
  type User,
} from 'express-sms-otp';

declare const transport: SmsTransport;
const required = { secret: 'at least 32 bytes, of which nobody knows', userStore: new MemoryUserStore([]), transport };

smsOtp(required) satisfies express.RequestHandler;
smsOtp({ ...required, secret: ['the new one', 'the old one'], codeLength: 8, defaultCountry: 'SE' });
smsOtp({ ...required, limits: { smsPerDay: 1000, sendsPerUserPerHour: false, knownBrowser: false } });
smsOtp({ ...required, currentUser: (req) => ({ username: req.hostname }), loginUrl: '/login' });
smsOtp({ ...required, currentUser: async () => undefined, loginUrl: '/login' });
smsOtp({ ...required, requiredFor: (user: User) => user.attributes?.group?.includes('pilot') === true });
smsOtp({
  ...required,
  allowedCountries: ['SE', 'IN'],
  smsTemplates: {
    IN: { 'sign-in': { text: '{code}', templateId: '1107', lastLine: false }, numberAdded: { text: 'x' } },
  },
});
smsOtp({
  ...required,
  views: { code: ({ codeLength, pending }) => `${codeLength} ${pending?.delivery}`, login: 'login' },
});

// @ts-expect-error the user store is required
smsOtp({ secret: required.secret, transport });
// @ts-expect-error an unknown name is refused
smsOtp({ ...required, codeTtl: 300 });
// @ts-expect-error no country is called so
smsOtp({ ...required, allowedCountries: ['EU'] });
// @ts-expect-error a text has a purpose or a notice
smsOtp({ ...required, smsTemplates: { IN: { login: { text: '{code}' } } } });
// @ts-expect-error 6, 7 or 8
smsOtp({ ...required, codeLength: 4 });
// @ts-expect-error a limit is lifted by false, not by true
smsOtp({ ...required, limits: { smsPerDay: true } });
// @ts-expect-error a countdown has numbers
smsOtp({ ...required, resendAfterSeconds: ['30'] });
// @ts-expect-error the country's code is in capitals
export const country: Country = 'se';
// @ts-expect-error what is absent is left out
export const options: SmsOtpOptions = { ...required, origin: undefined };
// @ts-expect-error a page that there is not
smsOtp({ ...required, views: { logout: 'logout' } });
