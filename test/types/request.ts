// Compiled, never run: what a request says of whoever is there, and what an event tells.
import type { RequestHandler } from 'express';
import { type SmsOtp, SmsOtpError, type SmsOtpErrorCode, type Stage } from 'express-sms-otp';

declare const otp: SmsOtp;

export const handler: RequestHandler = (req) => {
  req.smsOtp.stage satisfies Stage;
  req.smsOtp.user?.id satisfies string | undefined;
  // @ts-expect-error no number is in it
  req.smsOtp.user?.phoneNumbers;
  // @ts-expect-error only the handler sets it
  req.smsOtp.stage = 'verified';
};

otp.requireSmsOtp({ maxAgeSeconds: 60 }) satisfies RequestHandler;
// @ts-expect-error the unit is in the name
otp.requireSmsOtp({ maxAge: 60 });

otp.events.on('codeRefused', ({ reason, userId, time }) => {
  reason satisfies SmsOtpErrorCode;
  userId satisfies string | undefined;
  time satisfies Date;
});
// @ts-expect-error an event that there is not
otp.events.on('codeGuessed', () => {});

new SmsOtpError('CONFLICT', 'The list has changed.').status satisfies number;
// @ts-expect-error a code that there is not
new SmsOtpError('TEAPOT', 'I am a teapot.');
