import type { Finding } from '../../domain/finding.ts';
import { maskPhoneNumber } from '../../domain/phone-number.ts';

type Status = Finding['status'];

const STATUSES: readonly Status[] = ['ok', 'warning', 'failed', 'skipped'];

/** The lines of one finding: what it is, and what to do. */
export function linesOf({ status, check, detail, remedy }: Finding): readonly string[] {
  const line = `${status.padEnd(8)} ${check}: ${detail}`;
  return remedy === undefined || status === 'ok' ? [line] : [line, `${' '.repeat(9)}-> ${remedy}`];
}

/** As `12 ok, 1 warning, 0 failed, 2 skipped`. */
export function summaryOf(findings: readonly Finding[]): string {
  return STATUSES.map((status) => `${count(findings, status)} ${status}`).join(', ');
}

/** The worst of all. */
export function verdictOf(findings: readonly Finding[]): 'ok' | 'warning' | 'failed' {
  return (['failed', 'warning'] as const).find((status) => count(findings, status) > 0) ?? 'ok';
}

/** No number is ever shown in full, whatever an adapter or a server says. */
export function masked(finding: Finding): Finding {
  return { ...finding, detail: finding.detail.replace(/\+\d{7,15}/g, maskPhoneNumber) };
}

function count(findings: readonly Finding[], status: Status): number {
  return findings.filter((finding) => finding.status === status).length;
}
