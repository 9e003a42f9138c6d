/** The part of an answer that an attacker sees. */
interface Outcome {
  readonly code: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** So many at once. */
export function burst<Result>(count: number, ask: (index: number) => Promise<Result>): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}

/** How often each error code came, or each stage of a success. */
export function countOf(answers: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code, body } of answers) {
    const name = code ?? String(body.stage);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** A wrong code of six digits, another one each time. */
export function wrongCode(right: string, index = 0): string {
  const code = String(100_000 + index);
  return code === right ? '999999' : code;
}
