import { setTimeout as pause } from 'node:timers/promises';

interface Question {
  readonly id: number;
  readonly question: string;
  readonly about: object;
}

type Answers = Readonly<Record<string, (about: never) => unknown>>;

/** The parent's message at the start. */
export function settings<Settings extends object>(): Settings {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** Tells the parent that this process is ready, and answers its questions until the parent is gone. */
export function answerParent(own: Answers): void {
  const answers: Answers = { cpu, memory, ...own };
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ id, question, about }: Question) => {
    try {
      process.send?.({ id, answer: await answers[question]?.(about as never) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.send?.({ id: 0 });
}

/** Microseconds, user and system. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Bytes; with `--expose-gc`, of what is still in use. */
async function memory(): Promise<{ readonly heap: number; readonly rss: number }> {
  globalThis.gc?.();
  await pause(200); // what dead buffers held is counted until a thread beside the collector has let it go
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}
