import type { Finding } from '../../domain/finding.ts';
import { SmsOtpError } from '../../errors.ts';
import { Failure } from '../failure.ts';

const ASK = 'Mend first what failed above; else ask whoever runs this part, and say what stands here.';

/** What a part threw, in one line; an error that knows a `remedy` brings it along. */
export function faultFinding(check: string, error: unknown): Finding {
  if (error instanceof Failure) {
    const [detail = '', ...more] = error.lines;
    return { check, status: 'failed', detail, remedy: more.join(' ') || ASK };
  }
  // What failed beneath says more than what people are told.
  const fault = error instanceof SmsOtpError ? (error.cause ?? error) : error;
  const [detail = ''] = fault instanceof Error ? fault.message.split('\n') : [];
  return { check, status: 'failed', detail: detail || 'it failed', remedy: remedyOf(fault) ?? ASK };
}

/** What to do, where the error says it. */
export function remedyOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('remedy' in error)) return undefined;
  return typeof error.remedy === 'string' ? error.remedy : undefined;
}
