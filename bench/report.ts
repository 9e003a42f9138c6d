/** The targets, and whether they were reached. */
export interface Goal {
  readonly claim: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** The result of one measurement. Each row has the same columns. */
export interface Report {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly goals: readonly Goal[];
}

export function isMet({ value, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Goal): boolean {
  return value >= atLeast && value <= atMost;
}

/** As Markdown. */
export function format({ title, rows, goals }: Report): string {
  const [first = {}] = rows;
  const columns = Object.keys(first);
  const lines = rows.map((row) => line(columns.map((column) => cell(row[column] ?? ''))));
  const rules = columns.map((column) => (typeof first[column] === 'number' ? '--:' : '---'));
  return [`### ${title}`, '', line(columns), line(rules), ...lines, '', ...goals.map(sentence), ''].join('\n');
}

function sentence(goal: Goal): string {
  const bound = goal.atLeast === undefined ? `at most ${cell(goal.atMost ?? 0)}` : `at least ${cell(goal.atLeast)}`;
  return `- ${isMet(goal) ? 'met' : '**not met**'}: ${goal.claim}: ${cell(goal.value)} (goal: ${bound})`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cell(value: string | number): string {
  if (typeof value === 'string') return value;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits }).replaceAll(',', '\u202f');
}
