import { expect } from 'chai';
import { expectUntold } from '../support/untold.ts';
import { message, nameOf, Rig, TEXT, until, untilFailed, untilReady } from './rig.ts';

describe('the log of an SMSC', () => {
  const rig = new Rig();
  const loud = () =>
    rig.log
      .filter((line) => /warning|error/.test(line))
      .map((line) => line.replace(/^.*(warning|error): \S+ /, '$1: '));

  it('tells the end of an outage as loudly as its beginning, once for all binds', async () => {
    const before = await rig.smsc();
    const port = Number(new URL(before.url).port);
    const transport = rig.transport([{ host: '127.0.0.1', port, binds: 2 }]);
    await untilReady(transport);
    expect(loud()).to.deep.equal([]);
    await before.close();
    await untilFailed(transport);
    const after = await rig.smsc({ port });
    await untilReady(transport);
    expect(after.binds).to.have.lengthOf(2);
    expect(loud().filter((line) => line === 'warning: is bound: it can be used again')).to.have.lengthOf(1);
    expect(loud().at(-1)).to.contain('can be used again');
  });

  it('tells of a first bind quietly', async () => {
    const smsc = await rig.smsc();
    await untilReady(rig.transport([smsc.url]));
    expect(rig.log.join('\n')).to.contain(`${nameOf(smsc)} is bound`);
    expect(loud()).to.deep.equal([]);
  });

  it('warns once of messages that were left unanswered, without number and text', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url]);
    smsc.behave({ reaction: 'silence' });
    for (const seconds of [300, 200]) {
      expect(await transport.send(message({ seconds }))).to.include({ status: 'unknown' });
    }
    expect(loud()).to.deep.equal(['warning: left a message unanswered: it may have been sent, or not']);
    expectUntold(rig.log.join('\n'), TEXT, '46701740605', '0605');
  });

  for (const [others, outlook] of [
    [1, '; others go first'],
    [0, ''],
  ] as const) {
    it(`tells why an SMSC with ${others} beside it fails its messages, and what follows`, async () => {
      const smscs = [await rig.smsc(), await rig.smsc()].slice(0, 1 + others);
      const transport = rig.transport(smscs.map(({ url }) => url));
      await untilReady(transport);
      smscs[0]?.behave({ submitStatus: 0x08 });
      for (const digit of [1, 2, 3, 4, 5]) {
        await transport.send(message({ to: `+4670174060${digit}` })).catch(() => undefined);
      }
      const fault = 'fails its messages: it refused the message: ESME_RSYSERR (0x08)';
      expect(loud().at(-1)).to.equal(`warning: ${fault}${outlook}`);
    });
  }

  it('tells when a bind that was refused for good is tried again', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: 0x0e });
    await untilFailed(rig.transport([smsc.url], { configPause: 120_000 }));
    const refusal = 'cannot be used: it refused the bind: ESME_RINVPASWD (0x0E)';
    expect(loud()).to.deep.equal([`error: ${refusal}; the next attempt is in 2 minutes`]);
  });

  it('warns anew after another bind', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url]);
    smsc.behave({ reaction: 'drop' });
    for (const binds of [1, 2]) {
      transport.open();
      await until(() => smsc.binds.length === binds);
      expect(await transport.send(message())).to.include({ status: 'unknown' });
    }
    expect(loud().filter((line) => line.includes('unanswered'))).to.have.lengthOf(2);
  });
});
