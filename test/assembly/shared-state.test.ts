import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const SCRIPT = fileURLToPath(new URL(`../support/cluster-worker-process${extname(import.meta.url)}`, import.meta.url));

async function startInWorker(environment: string): Promise<ReadonlyMap<string, string>> {
  cluster.setupPrimary({ exec: SCRIPT, silent: true });
  const worker: Worker = cluster.fork({ NODE_ENV: environment });
  const outcomes = new Map<string, string>();
  worker.on('message', ({ name, outcome }) => outcomes.set(name, outcome));
  await once(worker, 'exit');
  return outcomes;
}

describe("the shared state of a cluster's worker", () => {
  it('is never memoryState() in production, unless that is allowed', async () => {
    const outcomes = await startInWorker('production');
    for (const name of ['the default', 'memoryState()', 'a memoryState() that the app has wrapped'])
      expect(outcomes.get(name), name).to.match(/smsOtp\.shared: memoryState\(\) knows one process only/);
    expect(outcomes.get('memoryState(), allowed')).to.equal('started');
    expect(outcomes.get('a state of its own')).to.equal('started');
  });

  it('may be anything in development', async () => {
    const outcomes = await startInWorker('development');
    expect(outcomes).to.have.property('size', 5);
    expect(new Set(outcomes.values())).to.deep.equal(new Set(['started']));
  });
});
