import { expect } from 'chai';
import type { SmscHealth } from '../../lib/domain/ports.ts';
import type { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { failureOf, message, nameOf, Rig, until, untilFailed, untilReady } from './rig.ts';

describe('an SMSC that is down', () => {
  const rig = new Rig();

  async function smscHealth(transport: SmppTransport): Promise<SmscHealth> {
    const [health] = Object.values((await transport.health()).smscs);
    return health ?? { status: 'down' };
  }

  it('makes a send reject in time, and is used again when it is back', async () => {
    const first = await rig.smsc();
    const name = nameOf(first);
    await first.close();
    const transport = rig.transport([first.url], { step: 300 });
    expect(await failureOf(transport.send(message()))).to.equal(`${name} cannot be used: ECONNREFUSED`);
    await rig.smsc({ port: Number(new URL(first.url).port) });
    await untilReady(transport);
    expect(await transport.send(message())).to.include({ status: 'accepted' });
  });

  it('gets a message that waited for it', async () => {
    const first = await rig.smsc();
    await first.close();
    const transport = rig.transport([first.url]);
    await untilFailed(transport);
    const send = transport.send(message());
    await rig.smsc({ port: Number(new URL(first.url).port) });
    expect(await send).to.include({ status: 'accepted' });
  });

  it('makes a send reject at once if the next attempt is not due in time', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: 0x08 });
    const transport = rig.transport([smsc.url], { step: 60_000, shortestPause: 120_000, longestPause: 120_000 });
    for (let round = 0; round < 3; round += 1) {
      expect(await failureOf(transport.send(message()))).to.contain('it refused the bind: ESME_RSYSERR (0x08)');
    }
    expect(smsc.binds).to.have.lengthOf(1);
  });

  it('tells in its health what is wrong, and since when', async () => {
    const smsc = await rig.smsc();
    await smsc.close();
    const begin = Date.now();
    const transport = rig.transport([smsc.url]);
    const { since, ...unknown } = await smscHealth(transport);
    expect(Date.parse(since ?? '')).to.be.within(begin, Date.now());
    expect(unknown).to.deep.equal({ status: 'down' });
    await untilFailed(transport);
    expect(await smscHealth(transport)).to.deep.equal({ status: 'down', since, lastError: 'ECONNREFUSED' });
    expect(await transport.health()).to.include({ status: 'down' });
    const back = Date.now();
    await rig.smsc({ port: Number(new URL(smsc.url).port) });
    await untilReady(transport);
    const ready = await smscHealth(transport);
    expect(ready).to.have.keys('status', 'since');
    expect(Date.parse(ready.since ?? '')).to.be.within(back, Date.now());
  });

  for (const [bindStatus, name] of [
    [0x0d, 'ESME_RBINDFAIL (0x0D)'],
    [0x0e, 'ESME_RINVPASWD (0x0E)'],
    [0x0f, 'ESME_RINVSYSID (0x0F)'],
    [0x53, 'ESME_RINVSYSTYP (0x53)'],
  ] as const) {
    it(`is asked again after minutes only, and said loudly once, if it says ${name}`, async () => {
      const smsc = await rig.smsc();
      smsc.behave({ bindStatus });
      const transport = rig.transport([`smpp://user:hunter2@${nameOf(smsc)}`]);
      for (let round = 0; round < 3; round += 1) await failureOf(transport.send(message()));
      // A refusal that may be about transceivers only is followed by one try as a transmitter.
      expect(smsc.binds).to.have.lengthOf(bindStatus === 0x0d ? 2 : 1);
      const loud = rig.log.filter((line) => line.includes('error: '));
      expect(loud).to.have.lengthOf(1);
      expect(loud[0]).to.contain(`${nameOf(smsc)} cannot be used: it refused the bind: ${name}`);
      expect(rig.log.join()).not.to.contain('hunter2');
    });
  }

  it('is asked again soon if it is busy with an old bind', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: 0x05 });
    const transport = rig.transport([smsc.url]);
    expect(await untilFailed(transport)).to.contain('ESME_RALYBND (0x05)');
    smsc.behave({});
    await untilReady(transport);
  });

  it('is warned of once, not at each attempt', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: 0x08 });
    const transport = rig.transport([smsc.url]);
    transport.open();
    await until(() => smsc.binds.length >= 4);
    expect(rig.log.filter((line) => line.includes('warning: '))).to.have.lengthOf(1);
  });

  it('knows the credentials of its URL', async () => {
    const smsc = await rig.smsc({ systemId: 'us@er', password: 'p:ss/w rd%' });
    await untilReady(rig.transport([smsc.url]));
  });
});
