import type { Finding } from '../domain/ports.ts';
import { urlOf } from '../url.ts';
import { CONFIG_FLAG, readArguments } from './arguments.ts';
import { examine } from './doctor/examination.ts';
import { linesOf, masked, summaryOf, verdictOf } from './doctor/findings.ts';
import { numbers } from './doctor/numbers.ts';
import { UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

const FLAGS = {
  ...CONFIG_FLAG,
  user: { type: 'string' },
  'password-stdin': { type: 'boolean', default: false },
  url: { type: 'string' },
  send: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Most networks report within seconds; for a phone that is off it may take days. */
const RECEIPT_MILLISECONDS = 30_000;

/** `doctor`: checks everything that a sign-in needs, prints a line for each check, and says what to do. */
export async function doctor(
  args: readonly string[],
  terminal: Terminal,
  receiptMilliseconds = RECEIPT_MILLISECONDS,
): Promise<number> {
  const [part, ...rest] = args;
  if (part === 'numbers') return numbers(rest, terminal);
  const { values } = readArguments(args, FLAGS);
  const { config: configFile, user: name, send: sendTo, json } = values;
  const url = values.url === undefined ? undefined : readUrl(values.url);
  if (values['password-stdin'] && name === undefined) throw new UsageError('--password-stdin needs --user NAME.');
  const password = values['password-stdin'] ? await terminal.read() : undefined;
  const person = name === undefined ? undefined : { name, password };
  const findings: Finding[] = [];
  for await (const found of examine(configFile, { person, url, sendTo, receiptMilliseconds })) {
    const finding = masked(found);
    findings.push(finding);
    if (!json) for (const line of linesOf(finding)) terminal.print(line);
  }
  const status = verdictOf(findings);
  if (json) terminal.print(JSON.stringify({ status, findings }));
  else terminal.print(summaryOf(findings));
  return status === 'failed' ? 1 : 0;
}

function readUrl(text: string): URL {
  const url = urlOf(text);
  if (url !== undefined && /^https?:/i.test(text)) return url;
  throw new UsageError('--url must be the address of the app, as https://app.example.org.');
}
