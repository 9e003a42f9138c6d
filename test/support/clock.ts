import type { Clock } from '../../lib/domain/ports.ts';

/** A clock that moves only when it is told to. */
export class FakeClock {
  #time = Date.parse('2026-01-01T00:00:00Z');

  readonly now: Clock = () => this.#time;

  advance(seconds: number): void {
    this.#time += seconds * 1000;
  }
}
