import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Several processes of one app behind a round robin. */
export interface Processes {
  readonly urls: readonly string[];
  /** The codes that were sent, by all of them. */
  readonly sent: readonly string[];
  /** How many codes were compared, by all of them. */
  readonly comparisons: () => number;
  /** Ends one at once, as a crash does, and starts another in its place. */
  crash(place: number): Promise<void>;
  close(): Promise<void>;
}

export async function startProcesses(count: number, redisPath: string): Promise<Processes> {
  const sent: string[] = [];
  let compared = 0;
  const urls: string[] = [];
  const children: ChildProcess[] = [];
  const hear = (message: { sent?: string; compared?: boolean }): void => {
    if (message.sent !== undefined) sent.push(message.sent);
    if (message.compared) compared += 1;
  };
  const start = async (place: number): Promise<void> => {
    const child = startProcess(redisPath);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    child.on('message', hear);
    urls[place] = url;
    children[place] = child;
  };
  const end = async (child: ChildProcess | undefined): Promise<void> => {
    if (child === undefined) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  await Promise.all(Array.from({ length: count }, (_, place) => start(place)));
  return {
    urls,
    sent,
    comparisons: () => compared,
    async crash(place) {
      await end(children[place]);
      await start(place);
    },
    close: async () => void (await Promise.all(children.map(end))),
  };
}

function startProcess(redisPath: string): ChildProcess {
  const extension = extname(import.meta.url);
  const script = fileURLToPath(new URL(`./process${extension}`, import.meta.url));
  const execArgv = ['--unhandled-rejections=strict', ...(extension === '.ts' ? ['--import=tsx'] : [])];
  return fork(script, [redisPath], { execArgv });
}
