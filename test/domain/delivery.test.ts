import { expect } from 'chai';
import { handleOf } from '../../lib/domain/challenge.ts';
import { lastState } from '../../lib/domain/delivery.ts';
import type { Browser } from '../support/browser-rig.ts';
import { codeOf, createRig, type Rig } from '../support/rig.ts';

const MESSAGE = { handle: 'a handle', place: 1, chargedAt: 0, address: 'hash', number: '+46701740605', watched: 'x:y' };

async function stateOf(jar: Browser): Promise<string | undefined> {
  return (await jar.pending())?.delivery;
}

/** The record of a challenge's messages. */
async function sendingsOf({ state, deliveries }: Rig, handle: string) {
  const key = deliveries.keyOf(handle);
  const { found } = await state.commit([{ read: key }]);
  return deliveries.sendingsOf(handle, typeof found[0] === 'string' ? found[0] : undefined);
}

describe('what became of a message', () => {
  it('is heard of at another process, and a delivery is taken back by nothing', async () => {
    const here = createRig();
    const there = createRig({}, here);
    const jar = await here.loggedIn();
    expect(await stateOf(jar)).to.equal('accepted');
    for (const [state, then] of [
      ['failed', 'failed'],
      ['unknown', 'unknown'],
      ['delivered', 'delivered'],
      ['delivered', 'delivered'],
      ['failed', 'delivered'],
    ] as const) {
      expect(await there.deliveries.receive({ smsc: 'test', messageId: '1', state })).to.deep.equal({
        country: 'SE',
        milliseconds: 0,
      });
      expect(await stateOf(jar)).to.equal(then);
    }
  });

  for (const state of ['delivered', 'failed', 'unknown'] as const) {
    it(`is known even if "${state}" comes before the answer, from another process, up to a minute early`, async () => {
      const rig = createRig();
      const there = createRig({}, rig);
      expect(await there.deliveries.receive({ smsc: 'test', messageId: '7', state })).to.equal(undefined);
      rig.clock.advance(59);
      const sent = { status: 'accepted', smsc: 'test', messageId: '7' } as const;
      expect(await rig.deliveries.note({ ...MESSAGE, sent })).to.include({ state });
      expect(lastState(await sendingsOf(rig, 'a handle'), 1)).to.equal(state);
    });
  }

  it('is not known from a receipt that came more than a minute early', async () => {
    const rig = createRig();
    await rig.deliveries.receive({ smsc: 'test', messageId: '7', state: 'failed' });
    rig.clock.advance(60);
    const sent = { status: 'accepted', smsc: 'test', messageId: '7' } as const;
    expect(await rig.deliveries.note({ ...MESSAGE, sent })).to.include({ state: 'accepted' });
  });

  it('is nobody else’s: another SMSC, another id', async () => {
    const { loggedIn, deliveries } = createRig();
    const jar = await loggedIn();
    await deliveries.receive({ smsc: 'other', messageId: '1', state: 'failed' });
    await deliveries.receive({ smsc: 'test', messageId: '2', state: 'failed' });
    expect(await stateOf(jar)).to.equal('accepted');
  });

  it('is queued until somebody takes it', async () => {
    const { browser, transport } = createRig();
    const jar = browser();
    const { send } = transport;
    const seen: unknown[] = [];
    transport.send = async (message) => {
      seen.push(await stateOf(jar));
      return send.call(transport, message);
    };
    await jar.login();
    expect(seen).to.deep.equal(['queued']);
    expect(await stateOf(jar)).to.equal('accepted');
  });

  it('stays unknown if no receipt will come: a message that was accepted without an id, or without its SMSC', async () => {
    const rig = createRig();
    for (const sent of [
      { status: 'accepted', smsc: 'test' },
      { status: 'accepted', messageId: '1' },
    ] as const) {
      expect(await rig.deliveries.note({ ...MESSAGE, sent })).to.include({ state: 'unknown' });
    }
  });

  it('is what became of the last one: the receipt of an earlier one changes nothing', async () => {
    const { loggedIn, deliveries, clock } = createRig();
    const jar = await loggedIn();
    clock.advance(31);
    await jar.send();
    const facts = await deliveries.receive({ smsc: 'test', messageId: '1', state: 'failed' });
    expect(facts).to.deep.equal({ country: 'SE', milliseconds: 31_000 });
    expect(await stateOf(jar)).to.equal('accepted');
    await deliveries.receive({ smsc: 'test', messageId: '2', state: 'delivered' });
    await deliveries.receive({ smsc: 'test', messageId: '1', state: 'failed' });
    expect(await stateOf(jar)).to.equal('delivered');
  });

  it('still holds if the next one surely was not sent', async () => {
    const rig = createRig();
    const { loggedIn, deliveries, transport, clock } = rig;
    const jar = await loggedIn();
    const handle = handleOf(await jar.challenge());
    await deliveries.receive({ smsc: 'test', messageId: '1', state: 'delivered' });
    clock.advance(31);
    transport.mode = 'reject';
    expect(await codeOf(jar.send())).to.equal('SMS_UNAVAILABLE');
    expect(await stateOf(jar)).to.equal('delivered');
    expect(await sendingsOf(rig, handle)).to.have.length(1);
  });

  it('moves with its challenge to a sign-in that goes on', async () => {
    const { loggedIn, deliveries } = createRig();
    const jar = await loggedIn();
    await jar.login();
    await deliveries.receive({ smsc: 'test', messageId: '1', state: 'delivered' });
    expect(await stateOf(jar)).to.equal('delivered');
  });

  it('is forgotten if the only one surely was not sent, and after the right code', async () => {
    const { loggedIn, signedIn, state, transport } = createRig();
    const kept = (): readonly string[] => [...state.entries.keys()].filter((key) => key.includes(':dl:'));
    transport.mode = 'reject';
    expect(await codeOf(loggedIn())).to.equal('SMS_UNAVAILABLE');
    expect(kept()).to.deep.equal([]);
    transport.mode = 'accept';
    await signedIn();
    expect(kept()).to.deep.equal([]);
  });
});
