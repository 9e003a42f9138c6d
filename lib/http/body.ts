import express, { type Request, type Response } from 'express';
import { SmsOtpError } from '../errors.ts';

const MEDIA_TYPES = ['application/json', 'application/x-www-form-urlencoded'];
const PARSERS = [
  express.json({ limit: '16kb' }),
  express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 }),
];

/**
 * The fields of a form or a JSON object; parsed here only if the app has not.
 *
 * @throws SmsOtpError `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST`
 */
export async function readBody(req: Request, res: Response): Promise<Readonly<Record<string, unknown>>> {
  // Browsers send an empty body with a length and without a type.
  if (req.get('content-length') !== '0' && req.is(MEDIA_TYPES) === false) {
    throw new SmsOtpError('UNSUPPORTED_MEDIA_TYPE');
  }
  if (req.body === undefined) for (const parse of PARSERS) await run(parse, req, res);
  const body: unknown = req.body ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('Send a form or a JSON object.');
  return { ...body };
}

/**
 * One text field; empty if it is missing.
 *
 * @throws SmsOtpError `BAD_REQUEST` if it is no text, or too long
 */
export function readText(body: Readonly<Record<string, unknown>>, name: string, maxLength: number): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw badRequest(`The field ${name} must be one text.`);
  if (value.length > maxLength) throw badRequest(`The field ${name} is too long.`);
  return value;
}

export function badRequest(message: string): SmsOtpError {
  return new SmsOtpError('BAD_REQUEST', message);
}

function run(parse: express.RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    // The parser's own error holds the body: it goes no further.
    parse(req, res, (error?: unknown) =>
      error === undefined ? resolve() : reject(badRequest('The body cannot be read.')),
    );
  });
}
