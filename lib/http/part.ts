import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { SmsOtpError } from '../errors.ts';
import { requestFacts } from './event-facts.ts';
import { readRequestId } from './request-id.ts';
import { assertSameOrigin } from './same-origin.ts';
import type { Wiring } from './wiring.ts';

/** A middleware under its own name, for stack traces. What it throws goes to `next`; faults are heard of. */
export function handler(
  wiring: Wiring,
  name: string,
  work: (req: Request, res: Response, next: NextFunction) => Promise<void>,
): RequestHandler {
  const handle: RequestHandler = async (req, res, next) => {
    try {
      await work(req, res, next);
    } catch (error) {
      next(heardOf(wiring, req, error));
    }
  };
  return Object.defineProperty(handle, 'name', { value: name });
}

/** What was thrown, as `next` takes it. */
export function heardOf(wiring: Wiring, req: Request, error: unknown): object {
  if (error instanceof SmsOtpError && error.status >= 500) {
    const request = requestFacts({ ip: req.ip, requestId: readRequestId(req) });
    wiring.notify('fault', { time: new Date(wiring.clock()), ...request, code: error.code, error });
  }
  // What an app's callback rejects with may be nothing at all, or 'route': Express would let the request pass.
  return typeof error === 'object' && error !== null ? error : new Error('What was thrown is no Error.');
}

/**
 * A middleware that changes something and decides: it calls `next()` or `next(error)`. It is refused while closing down,
 * and where another site sent the request.
 */
export function part(
  wiring: Wiring,
  name: string,
  work: (req: Request, res: Response) => Promise<void>,
): RequestHandler {
  return handler(wiring, name, async (req, res, next) => {
    if (wiring.isClosing()) {
      throw new SmsOtpError('SHUTTING_DOWN', 'This server is shutting down. Please try again.', {
        retryAfterSeconds: 5,
      });
    }
    wiring.underWay.add(res);
    assertSameOrigin(req, wiring.sameOrigin);
    await work(req, res);
    next();
  });
}
