import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The processes of the demo, which listen on one port. One that dies is replaced. */
export class Workers {
  readonly #variables: NodeJS.ProcessEnv;
  readonly #running = new Set<Worker>();
  #isClosing = false;

  /** @param variables that they have in their environment, besides those of this process */
  constructor(variables: NodeJS.ProcessEnv) {
    this.#variables = variables;
    // Each says the same at its start: only complaints are shown.
    cluster.setupPrimary({ exec: PROGRAM, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  get pids(): readonly (number | undefined)[] {
    return [...this.#running].map((worker) => worker.process.pid);
  }

  /**
   * @returns the port on which all of them listen
   * @throws Error if one ends instead
   */
  async start(count: number): Promise<number> {
    try {
      const [port = 0] = await Promise.all(Array.from({ length: count }, () => this.#fork()));
      return port;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(
      [...this.#running].map(async (worker) => {
        const exit = once(worker, 'exit');
        worker.process.kill('SIGTERM');
        await exit;
      }),
    );
  }

  async #fork(): Promise<number> {
    const worker = cluster.fork(this.#variables);
    this.#running.add(worker);
    let isListening = false;
    const exit = once(worker, 'exit').then(() => {
      this.#running.delete(worker);
      if (isListening) this.#replace(worker);
    });
    const listening = once(worker, 'listening') as Promise<[AddressInfo]>;
    const address = await Promise.race([listening, exit]);
    isListening = address !== undefined;
    if (address !== undefined) return address[0].port;
    // After Ctrl-C its end is no failure, and the whole demo is about to end.
    if (this.#isClosing) return new Promise(() => undefined);
    throw new Error('A process of the demo ended before it listened.');
  }

  #replace({ process: { pid } }: Worker): void {
    if (this.#isClosing) return;
    console.log(`  Process ${pid} is gone: another takes its place.`);
    this.#fork().catch((error: unknown) => console.error(String(error)));
  }
}
