import type { Response } from 'express';
import type { SmsOtpError } from '../errors.ts';

/** Answers with an error as `application/problem+json` (RFC 9457). */
export function sendProblem(res: Response, { code, status, message, details }: SmsOtpError): void {
  const name = code.toLowerCase().replaceAll('_', '-');
  const { attemptsRemaining, stage, location } = details;
  const problem = {
    type: `urn:express-sms-otp:${name}`,
    title: titleOf(name),
    status,
    code,
    detail: message,
    attemptsRemaining,
    stage,
    location,
  };
  res.type('application/problem+json').send(JSON.stringify(problem));
}

function titleOf(name: string): string {
  const words = name
    .replaceAll('-', ' ')
    .replace(/^sms\b/, 'SMS')
    .replace(/\botp\b/, 'OTP');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The status and the headers of an error, whatever its body is. */
export function setErrorHead(res: Response, { status, details }: SmsOtpError): void {
  res.status(status).set('Cache-Control', 'no-store');
  if (details.retryAfterSeconds !== undefined) res.set('Retry-After', String(Math.ceil(details.retryAfterSeconds)));
  if (details.wwwAuthenticate !== undefined) res.set('WWW-Authenticate', details.wwwAuthenticate);
  if (details.allow !== undefined) res.set('Allow', details.allow);
}
