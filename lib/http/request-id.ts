import type { Request } from 'express';

/** No quote, no blank and no line break: in a log it stays what it is. */
const WELL_FORMED = /^[\w.:-]{1,64}$/;

/**
 * What the app calls this request (`req.id`), else the header `X-Request-Id`; `undefined` where that is not
 * well-formed.
 */
export function readRequestId(req: Request): string | undefined {
  const id: unknown = 'id' in req && req.id !== undefined ? req.id : req.get('x-request-id');
  if (typeof id !== 'string' && typeof id !== 'number') return undefined;
  return WELL_FORMED.test(String(id)) ? String(id) : undefined;
}
