import type { Request } from 'express';
import { SmsOtpError } from '../errors.ts';

/** First segments under `basePath`. */
const PAGES = ['login', 'number', 'code', 'enroll', 'account', 'without-phone', 'session', 'logout', 'assets'];

/**
 * The defect in how the app runs the handler: nobody could sign in there.
 *
 * @returns the error to answer the request with, or `undefined`
 */
export function checkMount(req: Request, basePath: string): SmsOtpError | undefined {
  if (isExpress4(req)) {
    return new SmsOtpError(
      'MISCONFIGURED',
      'This app is of Express 4; smsOtp() needs Express 5: npm install express@5.',
    );
  }
  if (takesWholePaths(req, basePath)) {
    return new SmsOtpError(
      'MISCONFIGURED',
      'smsOtp() is mounted at a path that takes whole paths, as "/{*splat}" does, and its own pages are never found. ' +
        'Mount it without a path, app.use(otp), or at a fixed one. In NestJS, call app.use(otp) in main.ts.',
    );
  }
  return undefined;
}

/** An app of Express 4 makes its router when that is first needed; one of Express 5 has it from the start. */
function isExpress4({ app }: Request): boolean {
  return app !== undefined && 'lazyrouter' in app;
}

/** Express moves what a mount's path has matched from `url` to `baseUrl`, and the segments of a wildcard to `params`. */
function takesWholePaths({ baseUrl, path, params }: Request, basePath: string): boolean {
  if (baseUrl === '' || path !== '/') return false;
  const isWildcard = Object.values<unknown>(params).some((value) => Array.isArray(value) && endsWith(baseUrl, value));
  // Other such paths, as regular expressions, are found when the browser follows the gate to our page.
  return isWildcard || PAGES.some((page) => `${baseUrl}/`.includes(`${basePath}/${page}/`));
}

/** @param segments decoded; a slash at the end of the path is one more that is empty */
function endsWith(baseUrl: string, segments: readonly string[]): boolean {
  const tail = `/${segments.join('/')}`.replace(/\/+$/, '');
  try {
    return decodeURIComponent(baseUrl).endsWith(tail);
  } catch {
    return baseUrl.endsWith(tail);
  }
}
