import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Failure } from './failure.ts';

/** Prints a command's output, reads its input, and reports Ctrl-C. */
export interface Terminal {
  print(line: string): void;
  complain(line: string): void;
  /** The whole standard input, without the final line break. */
  read(): Promise<string>;
  /** The answer to a question; `undefined` if nobody is there to answer. */
  ask(question: string): Promise<string | undefined>;
  /** Resolves when the command should end. */
  interrupted(): Promise<void>;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // As `head` does: nobody reads what would follow.
  process.stdout.on('error', endOf);
  process.stderr.on('error', endOf);
  return {
    print: (line) => void process.stdout.write(`${printable(line)}\n`),
    complain: (line) => void process.stderr.write(`${printable(line)}\n`),
    read: async () => (await text(process.stdin)).replace(/\r?\n$/, ''),
    ask,
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      }),
  };
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // After Ctrl-C and Ctrl-D a question of Node 20 is not always answered.
  const closed = once(lines, 'close');
  try {
    const answer = await Promise.race([lines.question(question), closed]);
    if (typeof answer === 'string') return answer;
  } catch {
    // Node 20.20 rejects it.
  } finally {
    lines.close();
  }
  process.stdout.write('\n');
  throw new Failure('Cancelled: there was no answer.');
}

function endOf(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(1);
  throw error;
}

/** A server's own text, such as the names in its certificate, must not control the terminal. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}
