import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The program itself, in a process of its own. */
export function startProgram(args: readonly string[], environment: Record<string, string> = {}) {
  const extension = extname(import.meta.url);
  const main = fileURLToPath(new URL(`../../lib/cli/main${extension}`, import.meta.url));
  const loader = extension === '.ts' ? ['--import', 'tsx'] : [];
  return spawn(process.execPath, [...loader, main, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export async function runProgram(
  args: readonly string[],
  input = '',
  environment: Record<string, string> = {},
): Promise<Ended> {
  const program = startProgram(args, environment);
  program.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(program.stdout), text(program.stderr), once(program, 'exit')]);
  return { code: Number(code), out, err };
}

/** A command line in this process. */
export async function runHere(args: readonly string[], input = '', ...answers: string[]): Promise<Ended> {
  const [out, err]: [string[], string[]] = [[], []];
  // Mocha may require a test: then what is imported by a call is another copy than what this file would import above.
  const { run } = await import('../../lib/cli/run.ts');
  const code = await run(args, {
    print: (line) => void out.push(line),
    complain: (line) => void err.push(line),
    read: async () => input,
    ask: async () => answers.shift(),
    interrupted: async () => undefined,
  });
  return { code, out: out.map((line) => `${line}\n`).join(''), err: err.map((line) => `${line}\n`).join('') };
}
