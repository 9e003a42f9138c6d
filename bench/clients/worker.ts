// A client of one kind in a process of its own, so that its CPU can be told: `{ kind, … }` names it.
import { answerParent, cpu, settings } from '../answer-parent.ts';
import { percentile } from '../rounds.ts';
import { DIRECTORY_CLIENTS, type DirectorySettings } from './directory-clients.ts';
import { everybody } from './everybody.ts';
import { SMPP_CLIENTS } from './smpp-clients.ts';

/** The work of a worker. */
export type WorkerSettings =
  | { readonly kind: keyof typeof SMPP_CLIENTS; readonly url: string; readonly window: number }
  | { readonly kind: keyof typeof DIRECTORY_CLIENTS; readonly directory: DirectorySettings };

/** How much, and how much at once. */
export interface Work {
  readonly count: number;
  readonly atOnce: number;
}

const own = settings<WorkerSettings>();
const job =
  'url' in own ? await SMPP_CLIENTS[own.kind](own.url, own.window) : DIRECTORY_CLIENTS[own.kind](own.directory);

answerParent({
  async work({ count, atOnce }: Work) {
    const times: number[] = [];
    const cpuBefore = cpu();
    const began = performance.now();
    await everybody(count, atOnce, async (place) => {
      const start = performance.now();
      await job(place);
      times.push(performance.now() - start);
    });
    const seconds = (performance.now() - began) / 1000;
    return {
      cpu: (cpu() - cpuBefore) / count,
      rate: count / seconds,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
    };
  },
});
