import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Limits } from '../../lib/domain/rate-limiter.ts';

/** Several processes of one app behind a round robin. */
export interface Processes {
  readonly urls: readonly string[];
  /** The codes that were sent, by all of them. */
  readonly sent: readonly string[];
  /** The last code that was sent to this number; E.164. */
  codeFor(number: string): string;
  /** How many codes were compared, by all of them: those of one user, or all. */
  comparisons(userId?: string): number;
  /** Ends one at once, as a crash does, and starts another in its place. */
  crash(place: number): Promise<void>;
  close(): Promise<void>;
}

interface Message {
  readonly sent?: string;
  readonly to?: string;
  readonly compared?: string;
}

/**
 * @param directoryUrl of an LDAP server in whose people new numbers are written; absent: a crowd in memory
 * @param isLate whether sessions and shared state answer 1 to 4 ms late
 */
export async function startProcesses(
  count: number,
  sharedUrl: string,
  limits: Partial<Limits> = {},
  directoryUrl = '',
  isLate = false,
): Promise<Processes> {
  const sent: string[] = [];
  const codes = new Map<string, string>();
  const compared: string[] = [];
  const urls: string[] = [];
  const children: ChildProcess[] = [];
  const hear = (message: Message): void => {
    if (message.sent !== undefined) sent.push(message.sent);
    if (message.sent !== undefined && message.to !== undefined) codes.set(message.to, message.sent);
    if (message.compared !== undefined) compared.push(message.compared);
  };
  const start = async (place: number): Promise<void> => {
    const child = startProcess(sharedUrl, limits, directoryUrl, isLate);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    child.on('message', hear);
    urls[place] = url;
    children[place] = child;
  };
  await Promise.all(Array.from({ length: count }, (_, place) => start(place)));
  return {
    urls,
    sent,
    codeFor: (number) => codes.get(number) ?? '',
    comparisons: (userId) => compared.filter((user) => userId === undefined || user === userId).length,
    async crash(place) {
      await end(children[place]);
      await start(place);
    },
    close: async () => void (await Promise.all(children.map(end))),
  };
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

function startProcess(sharedUrl: string, limits: Partial<Limits>, directoryUrl: string, isLate: boolean): ChildProcess {
  const extension = extname(import.meta.url);
  const script = fileURLToPath(new URL(`./process${extension}`, import.meta.url));
  const execArgv = ['--unhandled-rejections=strict', ...(extension === '.ts' ? ['--import=tsx'] : [])];
  return fork(script, [sharedUrl, JSON.stringify(limits), directoryUrl, isLate ? 'late' : ''], { execArgv });
}
