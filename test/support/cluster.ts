import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What all processes together have done so far. */
export interface ClusterReport {
  readonly comparisons: number;
  /** The texts of the SMS. */
  readonly messages: readonly string[];
}

/** Several processes of one app, each on a port of its own. */
export interface Cluster {
  /** The address of a path at the next process, round robin. */
  at(path: string): string;
  report(): Promise<ClusterReport>;
  close(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL(`./cluster-process${extname(import.meta.url)}`, import.meta.url));

export async function startCluster(size: number, redisUrl: string): Promise<Cluster> {
  const children: ChildProcess[] = [];
  const urls: string[] = [];
  // One after the other: each writes the same listing before it runs it.
  while (children.length < size) {
    const child = start(redisUrl);
    children.push(child);
    const [{ url }] = await answer<{ url: string }>(child);
    urls.push(url);
  }
  let turn = 0;
  return {
    at: (path) => `${urls[turn++ % size]}${path}`,
    async report() {
      const reports = await Promise.all(children.map((child) => ask<ClusterReport>(child)));
      return {
        comparisons: reports.reduce((sum, { comparisons }) => sum + comparisons, 0),
        messages: reports.flatMap(({ messages }) => messages),
      };
    },
    async close() {
      await Promise.all(children.map(stop));
    },
  };
}
