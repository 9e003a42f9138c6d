import type { Finding } from '../../lib/domain/ports.ts';

/** All findings, at the end of an examination. */
export async function collect(findings: AsyncIterable<Finding> | Iterable<Finding>): Promise<readonly Finding[]> {
  const all: Finding[] = [];
  for await (const finding of findings) all.push(finding);
  return all;
}

/** As `failed SMSC backup bind`, for the findings that are not fine. */
export function complaints(findings: readonly Finding[]): readonly string[] {
  const bad = findings.filter(({ status }) => status === 'failed' || status === 'warning');
  return bad.map(({ status, check }) => `${status} ${check}`);
}

/** The finding of a check, by the end of its name. */
export function findingOf(findings: readonly Finding[], check: string): Finding {
  const found = findings.find((finding) => finding.check.endsWith(check));
  if (found === undefined) throw new Error(`There is no finding of ${check}: ${JSON.stringify(findings)}`);
  return found;
}
