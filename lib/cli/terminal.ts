import { text } from 'node:stream/consumers';

/** Where a command prints, reads and hears of Ctrl-C. */
export interface Terminal {
  print(line: string): void;
  complain(line: string): void;
  /** All of the standard input, without the line break at its end. */
  read(): Promise<string>;
  /** Resolves when the command is to end. */
  interrupted(): Promise<void>;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    print: (line) => void process.stdout.write(`${printable(line)}\n`),
    complain: (line) => void process.stderr.write(`${printable(line)}\n`),
    read: async () => (await text(process.stdin)).replace(/\r?\n$/, ''),
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      }),
  };
}

/** What servers say of themselves, as the names in a certificate, must not steer the terminal. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}
