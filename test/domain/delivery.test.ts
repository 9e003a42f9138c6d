import { expect } from 'chai';
import { NOTHING_SENT } from '../../lib/domain/send-history.ts';
import { codeOf, createRig } from '../support/rig.ts';

const ADA_NUMBER = '+46701740605';

describe('what became of a message', () => {
  it('is heard of at another process, and may change', async () => {
    const here = createRig();
    const there = createRig({}, { clock: here.clock, state: here.state });
    const { id } = await here.send();
    expect(await there.deliveries.state(id)).to.equal('accepted');
    for (const state of ['failed', 'delivered', 'delivered', 'unknown'] as const) {
      expect(await there.deliveries.receive({ smsc: 'test', messageId: '1', state })).to.deep.equal({
        country: 'SE',
        milliseconds: 0,
      });
      expect(await here.deliveries.state(id)).to.equal(state);
    }
  });

  for (const state of ['delivered', 'failed', 'unknown'] as const) {
    it(`is known also where "${state}" comes before the answer`, async () => {
      const { deliveries } = createRig();
      await deliveries.begin('a challenge', '192.0.2.1', NOTHING_SENT);
      expect(await deliveries.receive({ smsc: 'test', messageId: '7', state })).to.equal(undefined);
      await deliveries.settle('a challenge', { status: 'accepted', smsc: 'test', messageId: '7' }, ADA_NUMBER);
      expect(await deliveries.state('a challenge')).to.equal(state);
    });
  }

  it('is nobody else’s: another SMSC, another id', async () => {
    const { send, deliveries } = createRig();
    const { id } = await send();
    await deliveries.receive({ smsc: 'other', messageId: '1', state: 'failed' });
    await deliveries.receive({ smsc: 'test', messageId: '2', state: 'failed' });
    expect(await deliveries.state(id)).to.equal('accepted');
  });

  it('is queued until somebody takes it, and unknown where nothing was kept', async () => {
    const { deliveries } = createRig();
    expect(await deliveries.state('a challenge')).to.equal('unknown');
    await deliveries.begin('a challenge', '192.0.2.1', NOTHING_SENT);
    expect(await deliveries.state('a challenge')).to.equal('queued');
    await deliveries.settle('a challenge', { status: 'accepted', messageId: '1' }, ADA_NUMBER);
    expect(await deliveries.state('a challenge')).to.equal('accepted');
  });

  it('stays unknown where no receipt will come: a message that was accepted without an id', async () => {
    const { deliveries } = createRig();
    await deliveries.begin('a challenge', '192.0.2.1', NOTHING_SENT);
    await deliveries.settle('a challenge', { status: 'accepted', smsc: 'test' }, ADA_NUMBER);
    expect(await deliveries.state('a challenge')).to.equal('unknown');
  });

  it('is what became of the last one: the receipt of an earlier one changes nothing', async () => {
    const { send, deliveries, clock } = createRig();
    const challenge = await send();
    clock.advance(31);
    expect((await send(challenge)).id).to.equal(challenge.id);
    await deliveries.receive({ smsc: 'test', messageId: '2', state: 'delivered' });
    const facts = await deliveries.receive({ smsc: 'test', messageId: '1', state: 'failed' });
    expect(facts).to.deep.equal({ country: 'SE', milliseconds: 31_000 });
    expect(await deliveries.state(challenge.id)).to.equal('delivered');
  });

  it('still holds where the next one surely was not sent', async () => {
    const { send, deliveries, transport, clock } = createRig();
    const challenge = await send();
    await deliveries.receive({ smsc: 'test', messageId: '1', state: 'delivered' });
    clock.advance(31);
    transport.mode = 'reject';
    expect(await codeOf(send(challenge))).to.equal('SMS_UNAVAILABLE');
    expect(await deliveries.state(challenge.id)).to.equal('delivered');
    expect(await deliveries.sendings(challenge.id)).to.have.length(1);
  });

  it('is forgotten where the only one surely was not sent', async () => {
    const { send, state, transport } = createRig();
    transport.mode = 'reject';
    expect(await codeOf(send())).to.equal('SMS_UNAVAILABLE');
    expect([...state.entries.keys()].filter((key) => /:(delivery|sent):/.test(key))).to.deep.equal([]);
  });
});
