import { maskPhoneNumber } from '../../domain/masked-number.ts';
import type { Finding } from '../../domain/ports.ts';
import { SmsOtpError } from '../../errors.ts';
import { Failure } from '../failure.ts';

type Status = Finding['status'];

const STATUSES: readonly Status[] = ['ok', 'warning', 'failed', 'skipped'];
const ASK = 'If something above failed, mend that first. Otherwise show this line to the operator of that part.';

/** One finding as lines: what was seen, and what to do. */
export function linesOf({ status, check, detail, remedy }: Finding): readonly string[] {
  const line = `${status.padEnd(8)} ${check}: ${detail}`;
  return remedy === undefined || status === 'ok' ? [line] : [line, `${' '.repeat(9)}-> ${remedy}`];
}

/** For example `12 ok, 1 warning, 0 failed, 2 skipped`. */
export function summaryOf(findings: readonly Finding[]): string {
  return STATUSES.map((status) => `${count(findings, status)} ${status}`).join(', ');
}

/** The worst status of all findings. */
export function verdictOf(findings: readonly Finding[]): 'ok' | 'warning' | 'failed' {
  return (['failed', 'warning'] as const).find((status) => count(findings, status) > 0) ?? 'ok';
}

/** Masks every phone number, whatever an adapter or a server reports. */
export function masked(finding: Finding): Finding {
  return { ...finding, detail: finding.detail.replace(/\+\d{7,15}/g, (number) => maskPhoneNumber(number)) };
}

function count(findings: readonly Finding[], status: Status): number {
  return findings.filter((finding) => finding.status === status).length;
}

/**
 * Describes an error in one line. The remedy is in the other lines of a `Failure`, or in the `remedy` of an error.
 *
 * @param isExplained whether an earlier finding gives the reason
 */
export function faultFinding(check: string, error: unknown, isExplained = false): Finding {
  if (error instanceof Failure) {
    const [problem = '', ...more] = error.lines;
    return { check, status: 'failed', detail: phrase(problem), remedy: more.join(' ') || ASK };
  }
  // The cause says more than the message for people who sign in.
  const fault = error instanceof SmsOtpError ? (error.cause ?? error) : error;
  const [problem = ''] = fault instanceof Error ? fault.message.split('\n') : [];
  const detail = phrase(problem) || 'it failed';
  const remedy = remedyOf(fault);
  if (isExplained && remedy === undefined) return { check, status: 'skipped', detail };
  return { check, status: 'failed', detail, remedy: remedy ?? ASK };
}

/** The remedy, if the error names one. */
export function remedyOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('remedy' in error)) return undefined;
  return typeof error.remedy === 'string' ? error.remedy : undefined;
}

/** Without a full stop, as in all findings. */
function phrase(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
