import { expect } from 'chai';
import type { HealthStatus } from '../lib/domain/ports.ts';
import { type Dependencies, readHealth } from '../lib/health.ts';
import { FakeClock } from './support/clock.ts';
import { MapState } from './support/map-state.ts';
import { People } from './support/people.ts';
import { RecordingTransport } from './support/recording-transport.ts';

const READY = { status: 'ready' } as const;

interface Healths {
  readonly userStore?: () => Promise<void>;
  readonly transport?: HealthStatus;
  readonly shared?: () => Promise<{ status: 'degraded'; lastError: string } | undefined>;
}

function dependencies({ userStore, transport, shared }: Healths): Dependencies {
  const state = new MapState(new FakeClock().now);
  return {
    userStore: Object.assign(new People(), userStore && { health: userStore }),
    transport: Object.assign(
      new RecordingTransport(),
      transport && { health: async () => ({ status: transport, smscs: { a: { status: transport } } }) },
    ),
    shared: Object.assign(state, shared && { health: shared }),
  };
}

describe('health', () => {
  it('is ready where all are, and where a dependency has none to ask', async () => {
    const all = { userStore: async () => undefined, transport: 'ready', shared: async () => undefined } as const;
    expect((await readHealth(dependencies(all), undefined)).status).to.equal('ready');
    expect(await readHealth(dependencies({}), undefined)).to.deep.equal({
      status: 'ready',
      dependencies: { userStore: READY, transport: READY, shared: READY },
    });
  });

  it('is degraded where the transport is, and tells of each SMSC', async () => {
    const health = await readHealth(dependencies({ transport: 'degraded' }), undefined);
    expect(health.status).to.equal('degraded');
    expect(health.dependencies.transport).to.deep.equal({ status: 'degraded', smscs: { a: { status: 'degraded' } } });
  });

  it('is degraded where the shared state says so, and why', async () => {
    const problem = { status: 'degraded', lastError: 'the server may evict keys' } as const;
    const health = await readHealth(dependencies({ shared: async () => problem }), undefined);
    expect(health.status).to.equal('degraded');
    expect(health.dependencies.shared).to.deep.equal(problem);
  });

  it('is degraded by a proxy that is not known', async () => {
    const health = await readHealth(dependencies({}), 'set "trust proxy"');
    expect(health.status).to.equal('degraded');
    expect(health.dependencies.proxy).to.deep.equal({ status: 'degraded', lastError: 'set "trust proxy"' });
  });

  it('is down where a dependency does not answer, and tells of the others all the same', async () => {
    const userStore = (): Promise<void> => new Promise(() => undefined);
    const health = await readHealth(dependencies({ userStore, transport: 'degraded' }), undefined, 20);
    expect(health.status).to.equal('down');
    expect(health.dependencies.userStore).to.deep.equal({ status: 'down', lastError: 'Error: no answer within 20 ms' });
    expect(health.dependencies.transport.status).to.equal('degraded');
  });

  it('is the worst of all, with name and message of what is down', async () => {
    const userStore = (): Promise<void> => Promise.reject(new TypeError('no route'));
    const shared = (): Promise<undefined> => Promise.reject('no Error');
    const health = await readHealth(dependencies({ userStore, transport: 'degraded', shared }), undefined);
    expect(health.status).to.equal('down');
    expect(health.dependencies.userStore).to.deep.equal({ status: 'down', lastError: 'TypeError: no route' });
    expect(health.dependencies.shared).to.deep.equal({ status: 'down', lastError: 'not an Error' });
    expect(health.dependencies.transport.status).to.equal('degraded');
  });
});
