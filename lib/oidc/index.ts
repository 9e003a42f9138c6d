export { type SmsOtpForOidc, type SmsOtpForOidcOptions, smsOtpForOidc } from './sms-otp-for-oidc.ts';
