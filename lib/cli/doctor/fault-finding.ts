import type { Finding } from '../../domain/finding.ts';
import { SmsOtpError } from '../../errors.ts';
import { Failure } from '../failure.ts';

const ASK = 'Mend first what failed above; else ask whoever runs this part, and say what stands here.';

/**
 * What a part threw, in one line. What to do is in the other lines of a `Failure`, or in the `remedy` of an error.
 *
 * @param isExplained whether a finding before this one says why
 */
export function faultFinding(check: string, error: unknown, isExplained = false): Finding {
  if (error instanceof Failure) {
    const [problem = '', ...more] = error.lines;
    return { check, status: 'failed', detail: phrase(problem), remedy: more.join(' ') || ASK };
  }
  // What failed beneath says more than what people are told.
  const fault = error instanceof SmsOtpError ? (error.cause ?? error) : error;
  const [problem = ''] = fault instanceof Error ? fault.message.split('\n') : [];
  const detail = phrase(problem) || 'it failed';
  const remedy = remedyOf(fault);
  if (isExplained && remedy === undefined) return { check, status: 'skipped', detail };
  return { check, status: 'failed', detail, remedy: remedy ?? ASK };
}

/** What to do, where the error says it. */
export function remedyOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('remedy' in error)) return undefined;
  return typeof error.remedy === 'string' ? error.remedy : undefined;
}

/** As all other findings: without a full stop. */
function phrase(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
