import type { Socket } from 'node:net';
import type { Response } from 'express';

/** Requests whose work has begun: what their answers need is not closed before those are out. */
export class OpenResponses {
  readonly #answers = new Map<Socket, Set<Response>>();
  readonly #waiting: (() => void)[] = [];

  add(res: Response): void {
    const { socket } = res.req;
    // A client that is gone already gets no answer, and Node.js does not say so again; a stand-in for a socket, as serverless
    // platforms have, says nothing at all.
    if (socket.destroyed || socket.once === undefined) return;
    const answers = this.#answers.get(socket) ?? this.#watch(socket);
    answers.add(res);
    res.once('close', () => {
      answers.delete(res);
      this.#look();
    });
  }

  /** Resolves when all that began so far are answered, or their clients gone. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#look();
    });
  }

  /** An answer that waits for others on its connection (pipelining) does not hear of the connection's end. */
  #watch(socket: Socket): Set<Response> {
    const answers = new Set<Response>();
    this.#answers.set(socket, answers);
    socket.once('close', () => {
      this.#answers.delete(socket);
      this.#look();
    });
    return answers;
  }

  #look(): void {
    if (this.#waiting.length === 0 || [...this.#answers.values()].some(({ size }) => size > 0)) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
