import { expect } from 'chai';
import { listenForReceipts } from '../../lib/assembly/reporters.ts';
import { createRig, type Rig } from '../support/rig.ts';

/** A rig that listens, and a promise of the next turn in which all that a receipt sets off is done. */
function listeningRig(): Rig & { settled(): Promise<void> } {
  const rig = createRig();
  listenForReceipts(rig, rig, { ...rig, clock: rig.clock.now });
  return { ...rig, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

describe('a delivery receipt', () => {
  for (const state of ['delivered', 'failed', 'unknown'] as const) {
    it(`tells the challenge, and all who listen, of "${state}"`, async () => {
      const { loggedIn, transport, events, clock, settled } = listeningRig();
      const jar = await loggedIn();
      clock.advance(7);
      transport.receipt(state);
      await settled();
      expect(await jar.pending()).to.include({ delivery: state });
      const known = { country: 'SE', milliseconds: 7000 };
      expect(events.at(-1)).to.deep.equal([
        'deliveryReported',
        { time: new Date(clock.now()), smsc: 'test', state, ...known },
      ]);
    });
  }

  it('changes nothing but the news of its message: the code is as good as before', async () => {
    const { loggedIn, transport, settled } = listeningRig();
    const jar = await loggedIn();
    for (const state of ['failed', 'failed', 'unknown'] as const) transport.receipt(state);
    await settled();
    await jar.enter(transport.lastCode());
  });

  it('is told of though no message of ours is known', async () => {
    const { transport, events, settled } = listeningRig();
    transport.receipt('delivered');
    await settled();
    expect(events.map(([name]) => name)).to.deep.equal(['deliveryReported']);
  });

  it('is a fault, and no unhandled rejection, if the shared state is down', async () => {
    const { loggedIn, transport, state, events, settled } = listeningRig();
    await loggedIn();
    state.isDown = true;
    transport.receipt('delivered');
    await settled();
    expect(events.slice(-2).map(([name]) => name)).to.deep.equal(['fault', 'deliveryReported']);
    expect(events.at(-2)?.[1]).to.have.property('code', 'STATE_UNAVAILABLE');
  });

  it('is not waited for if the transport has none', () => {
    const { clock, ...rig } = createRig();
    const transport = { send: async () => ({ status: 'accepted' }) as const };
    expect(() => listenForReceipts({ transport }, rig, { ...rig, clock: clock.now })).to.not.throw();
  });
});
