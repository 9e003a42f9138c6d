import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Baseline } from './baseline.ts';

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A process of its own that answers questions. It ends with this one. */
export class Child {
  readonly #process: ChildProcess;
  #asked = 0;

  private constructor(child: ChildProcess) {
    this.#process = child;
    // Each question listens for its own answer.
    child.setMaxListeners(0);
  }

  /** @param script a module of this folder that calls `answerParent` */
  static start(script: string, settings: object = {}, ...nodeOptions: readonly string[]): Promise<Child> {
    return Child.#start(fileURLToPath(new URL('.', import.meta.url)), script, settings, nodeOptions);
  }

  /** The same with the other version of the package. */
  static startBaseline(
    { folder }: Baseline,
    script: string,
    settings: object = {},
    ...nodeOptions: readonly string[]
  ): Promise<Child> {
    return Child.#start(folder, script, settings, nodeOptions);
  }

  static async #start(folder: string, script: string, settings: object, nodeOptions: readonly string[]) {
    const path = join(folder, script);
    const env = { ...process.env, NODE_ENV: script.startsWith('servers/') ? 'production' : 'test', DEBUG: '' };
    const child = new Child(fork(path, [JSON.stringify(settings)], { env, execArgv: [...nodeOptions] }));
    await child.#answerTo(0, script);
    return child;
  }

  ask(question: 'cpu'): Promise<number>;
  ask(question: 'memory'): Promise<{ readonly heap: number; readonly rss: number }>;
  ask(question: 'url'): Promise<string>;
  ask<Answer>(question: string, about: object): Promise<Answer>;
  async ask(question: string, about: object = {}): Promise<unknown> {
    const id = ++this.#asked;
    this.#process.send({ id, question, about });
    return this.#answerTo(id, question);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.disconnect();
    await exit;
  }

  #answerTo(id: number, question: string): Promise<unknown> {
    const child = this.#process;
    return new Promise((resolve, reject) => {
      const hear = (reply: Reply): void => {
        if (reply.id !== id) return;
        forget();
        if (reply.error === undefined) resolve(reply.answer);
        else reject(new Error(`${question}: ${reply.error}`));
      };
      const fail = (): void => {
        forget();
        reject(new Error(`The process ended that was asked for ${question}.`));
      };
      const forget = (): void => void child.off('message', hear).off('exit', fail);
      child.on('message', hear).on('exit', fail);
    });
  }
}
