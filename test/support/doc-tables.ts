import { readFileSync } from 'node:fs';

/** The names in the first column of the table with this head; one cell may hold several. */
export function namesIn(text: string, head: string): readonly string[] {
  const [, rows = ''] = text.split(`| ${head} |`)[1]?.split(/^\|---.*\n/m) ?? [];
  const [table = ''] = rows.split(/\n(?!\|)/);
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w@/-]+)`/g)].map(([, name = '']) => name));
}

/** The members of an interface, as the source has them. */
export function membersOf(file: string, name: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`interface ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, 's').exec(readFileSync(file, 'utf8')) ?? [];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, member = '']) => member);
}
