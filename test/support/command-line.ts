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
  return spawn(process.execPath, nodeArguments(args), {
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

/** The program on a pseudo-terminal (Linux), where this key is pressed once it has printed this. */
export async function onTerminal(args: readonly string[], awaited: string, key: string) {
  const line = [process.execPath, ...nodeArguments(args)].map((part) => `'${part}'`).join(' ');
  const script = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(script, 'exit');
  let out = '';
  for await (const bytes of script.stdout) {
    const isAsked = out.includes(awaited);
    out += String(bytes);
    if (!isAsked && out.includes(awaited)) script.stdin.write(key);
  }
  const [code] = await ended;
  return { code: Number(code), out };
}

function nodeArguments(args: readonly string[]): readonly string[] {
  const extension = extname(import.meta.url);
  const main = fileURLToPath(new URL(`../../lib/cli/main${extension}`, import.meta.url));
  return [...(extension === '.ts' ? ['--import', 'tsx'] : []), main, ...args];
}

/** A command line in this process. */
export async function runHere(args: readonly string[], input = '', ...answers: string[]): Promise<Ended> {
  const [out, err]: [string[], string[]] = [[], []];
  // Mocha may require a test: then what is imported by a call is another copy than what this file would import above.
  const [{ run }, { printable }] = await Promise.all([
    import('../../lib/cli/run.ts'),
    import('../../lib/cli/terminal.ts'),
  ]);
  const code = await run(args, {
    print: (line) => void out.push(printable(line)),
    complain: (line) => void err.push(printable(line)),
    read: async () => input,
    ask: async () => answers.shift(),
    interrupted: async () => undefined,
  });
  return { code, out: out.map((line) => `${line}\n`).join(''), err: err.map((line) => `${line}\n`).join('') };
}
