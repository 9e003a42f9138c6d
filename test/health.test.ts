import { expect } from 'chai';
import type { HealthStatus } from '../lib/domain/ports.ts';
import { type Dependencies, Health, type SmsOtpHealth } from '../lib/health.ts';
import { FakeClock } from './support/clock.ts';
import { MapState } from './support/map-state.ts';
import { People } from './support/people.ts';
import { RecordingTransport } from './support/recording-transport.ts';

const CLOCK = new FakeClock();
const SINCE = new Date(CLOCK.now()).toISOString();
const READY = { status: 'ready', since: SINCE } as const;

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

function readHealth(asked: Dependencies, problem?: string, deadlineMilliseconds?: number): Promise<SmsOtpHealth> {
  return new Health(asked, CLOCK.now, deadlineMilliseconds).read(problem);
}

describe('health', () => {
  it('is ready if all are, and if a dependency has none to ask', async () => {
    const all = { userStore: async () => undefined, transport: 'ready', shared: async () => undefined } as const;
    expect((await readHealth(dependencies(all))).status).to.equal('ready');
    expect(await readHealth(dependencies({}))).to.deep.equal({
      status: 'ready',
      dependencies: { userStore: READY, transport: READY, shared: READY },
    });
  });

  it('is degraded if the transport is, and tells of each SMSC', async () => {
    const health = await readHealth(dependencies({ transport: 'degraded' }));
    expect(health.status).to.equal('degraded');
    expect(health.dependencies.transport).to.deep.equal({
      status: 'degraded',
      since: SINCE,
      smscs: { a: { status: 'degraded' } },
    });
  });

  it('is degraded if the shared state says so, and why', async () => {
    const problem = { status: 'degraded', lastError: 'the server may evict keys' } as const;
    const health = await readHealth(dependencies({ shared: async () => problem }));
    expect(health.status).to.equal('degraded');
    expect(health.dependencies.shared).to.deep.equal({ ...problem, since: SINCE });
  });

  it('is degraded by a proxy that is not known', async () => {
    const health = await readHealth(dependencies({}), 'set "trust proxy"');
    expect(health.status).to.equal('degraded');
    expect(health.dependencies.proxy).to.deep.equal({
      status: 'degraded',
      since: SINCE,
      lastError: 'set "trust proxy"',
    });
  });

  it('is down if a dependency does not answer, and tells of the others all the same', async () => {
    const userStore = (): Promise<void> => new Promise(() => undefined);
    const health = await readHealth(dependencies({ userStore, transport: 'degraded' }), undefined, 20);
    expect(health.status).to.equal('down');
    expect(health.dependencies.userStore).to.deep.equal({
      status: 'down',
      since: SINCE,
      lastError: 'Error: no answer within 20 ms',
    });
    expect(health.dependencies.transport.status).to.equal('degraded');
  });

  it('is the worst of all, with name and message of what is down', async () => {
    const userStore = (): Promise<void> => Promise.reject(new TypeError('no route'));
    const shared = (): Promise<undefined> => Promise.reject('no Error');
    const health = await readHealth(dependencies({ userStore, transport: 'degraded', shared }));
    expect(health.status).to.equal('down');
    expect(health.dependencies.userStore).to.deep.equal({
      status: 'down',
      since: SINCE,
      lastError: 'TypeError: no route',
    });
    expect(health.dependencies.shared).to.deep.equal({ status: 'down', since: SINCE, lastError: 'not an Error' });
    expect(health.dependencies.transport.status).to.equal('degraded');
  });

  it('says since when each dependency is as it is', async () => {
    const clock = new FakeClock();
    let isDown = false;
    const shared = (): Promise<undefined> => (isDown ? Promise.reject(new Error('gone')) : Promise.resolve(undefined));
    const health = new Health(dependencies({ shared }), clock.now);
    const sinces = async (): Promise<readonly string[]> => {
      clock.advance(60);
      const { userStore, shared } = (await health.read(undefined)).dependencies;
      return [userStore.since, shared.since];
    };
    const [start = '', other] = await sinces();
    expect(other).to.equal(start);
    expect(await sinces()).to.deep.equal([start, start]);
    isDown = true;
    const [, downSince = ''] = await sinces();
    expect(Date.parse(downSince)).to.equal(Date.parse(start) + 120_000);
    expect(await sinces()).to.deep.equal([start, downSince]);
    isDown = false;
    expect((await sinces())[1]).to.equal(new Date(clock.now()).toISOString());
  });

  it('asks once for probes that come together, and anew for one that comes later', async () => {
    let questions = 0;
    const userStore = async (): Promise<void> => void questions++;
    const health = new Health(dependencies({ userStore }), CLOCK.now);
    const answers = await Promise.all(Array.from({ length: 20 }, () => health.read(undefined)));
    expect(new Set(answers).size).to.equal(1);
    expect(questions).to.equal(1);
    await health.read(undefined);
    expect(questions).to.equal(2);
  });
});
