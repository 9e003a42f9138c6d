import type { Deadline } from './deadline.ts';
import { DirectoryFault } from './directory-fault.ts';

/** Lets a number of tasks run at once; the others wait for their turn, first come, first served. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @throws DirectoryFault where no turn came until the deadline. */
  async run<T>(task: () => Promise<T>, deadline: Deadline): Promise<T> {
    await this.#take(deadline);
    try {
      return await task();
    } finally {
      this.#give();
    }
  }

  #take(deadline: Deadline): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        deadline.signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.delete(start);
        reject(new DirectoryFault('All connections to the directory were busy.'));
      };
      this.#waiting.add(start);
      deadline.signal.addEventListener('abort', leave, { once: true });
    });
  }

  #give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
