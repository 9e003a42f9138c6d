// Compiled, never run: the client's types are those of the HTTP API.
import type { SmsOtpErrorCode, StateFacts } from 'express-sms-otp';
import { type ProblemDetails, type SmsOtpClient, type SmsOtpState, smsOtpClient } from 'express-sms-otp/client';

declare const answered: StateFacts;
declare const problem: ProblemDetails;
declare const read: Required<SmsOtpState>;

answered satisfies SmsOtpState;
read satisfies Required<StateFacts>;
problem.code satisfies SmsOtpErrorCode | 'UNEXPECTED';

smsOtpClient() satisfies SmsOtpClient;
smsOtpClient({ basePath: '/login', fetch });
// @ts-expect-error there is no such option
smsOtpClient({ baseUrl: '/auth' });
