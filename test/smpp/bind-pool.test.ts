import { expect } from 'chai';
import type { DeliveryReceipt } from '../../lib/domain/ports.ts';
import { debugLogger } from '../../lib/log.ts';
import { Router } from '../../lib/smpp/router.ts';
import type { SmscOptions } from '../../lib/smpp/smpp-options.ts';
import { readSmppOptions } from '../../lib/smpp/smpp-schema.ts';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';
import { message, nameOf, Rig, until, untilFailed, untilReady } from './rig.ts';
import type { Answers, ScriptedSmsc } from './scripted-smsc.ts';

const ALL_BINDS: Answers = {
  bind_transmitter: (client, pdu) => client.answer(pdu),
  bind_receiver: (client, pdu) => client.answer(pdu),
  submit_sm: (client, pdu) => client.answer(pdu, { message_id: 'a' }),
};

describe('the binds to an SMSC', () => {
  const rig = new Rig();

  function details({ url }: { readonly url: string }, options: Partial<SmscOptions>): SmscOptions {
    return { host: '127.0.0.1', port: Number(new URL(url).port), ...options };
  }

  function count({ commands }: ScriptedSmsc, name: string): number {
    return commands.filter((command) => command === name).length;
  }

  it('are as many as wanted, and share the messages', async () => {
    const waiting: (() => void)[] = [];
    const smsc = await rig.scripted({ submit_sm: (client, pdu) => waiting.push(() => client.answer(pdu)) });
    const transport = rig.transport([details(smsc, { binds: 3, window: 2 })], { response: 60_000, send: 60_000 });
    await untilReady(transport);
    const sends = Array.from({ length: 7 }, () => transport.send(message()));
    await until(() => waiting.length === 6);
    expect(transport.stats().smscs[nameOf(smsc)]).to.include({ bound: 3, inFlight: 6, submits: 6 });
    expect(transport.stats().waiting).to.equal(1);
    for (const answer of waiting) answer();
    await until(() => waiting.length === 7);
    waiting[6]?.();
    await Promise.all(sends);
    expect(count(smsc, 'bind_transceiver')).to.equal(3);
    expect(transport.stats()).to.deep.include({ waiting: 0, overdue: 0 });
  });

  it('are one only until that has shown that the account is right', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: 0x0e });
    const transport = rig.transport([details(smsc, { binds: 4 })]);
    expect(await untilFailed(transport)).to.contain('ESME_RINVPASWD');
    expect(smsc.binds).to.have.lengthOf(1);
    expect(rig.log.filter((line) => line.includes('error: '))).to.have.lengthOf(1);
  });

  it('are "degraded" while some are refused, and send with the others', async () => {
    let places = 2;
    const smsc = await rig.scripted({
      ...ALL_BINDS,
      bind_transceiver: (client, pdu) => {
        client.answer(pdu, {}, places > 0 ? 0 : 0x05);
        places -= 1;
      },
    });
    const transport = rig.transport([details(smsc, { binds: 4 })]);
    transport.open();
    await until(() => transport.stats().smscs[nameOf(smsc)]?.bound === 2 && smsc.clients.length > 6);
    const { status, smscs } = await transport.health();
    expect(status).to.equal('degraded');
    expect(smscs[nameOf(smsc)]?.lastError).to.contain('ESME_RALYBND (0x05)');
    expect(await transport.send(message())).to.include({ status: 'accepted' });
    expect(rig.log.filter((line) => line.includes('warning: '))).to.have.lengthOf(1);
  });

  it('are a transmitter with a receiver beside it, through which receipts come', async () => {
    const smsc = await rig.scripted(ALL_BINDS);
    const transport = rig.transport([details(smsc, { bindMode: 'transmitter+receiver', addressRange: '^467' })]);
    const receipts: DeliveryReceipt[] = [];
    transport.onReceipt((receipt) => receipts.push(receipt));
    await untilReady(transport);
    expect(smsc.commands).to.deep.equal(['bind_transmitter', 'bind_receiver']);
    expect(smsc.received[1]?.fields).to.include({ address_range: '^467' });
    expect(await transport.send(message())).to.deep.equal({ status: 'accepted', smsc: nameOf(smsc), messageId: 'a' });
    expect(smsc.received[2]?.fields).to.include({ registered_delivery: 1 });
    smsc.clients[1]?.send('deliver_sm', 1, { esm_class: 4, short_message: Buffer.from('id:A stat:DELIVRD') });
    await until(() => receipts.length === 1);
    expect(receipts).to.deep.equal([{ smsc: nameOf(smsc), messageId: 'a', state: 'delivered' }]);
    expect(rig.log.filter((line) => line.includes('receipts are off'))).to.deep.equal([]);
  });

  it('send without the receiver, which is "degraded"', async () => {
    const smsc = await rig.scripted({ ...ALL_BINDS, bind_receiver: (client, pdu) => client.answer(pdu, {}, 0x08) });
    const transport = rig.transport([details(smsc, { bindMode: 'transmitter+receiver' })]);
    expect(await untilFailed(transport)).to.contain('ESME_RSYSERR');
    expect(await transport.health()).to.include({ status: 'degraded' });
    expect(await transport.send(message())).to.include({ status: 'accepted' });
  });

  it('keep to the messages per second', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([details(smsc, { messagesPerSecond: 20 })], { send: 60_000, step: 60_000 });
    await untilReady(transport);
    const begin = Date.now();
    await Promise.all(Array.from({ length: 11 }, () => transport.send(message())));
    expect(Date.now() - begin).to.be.at.least(450);
  });

  it('pause for a second if the SMSC is throttled, and then go on', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ submitStatus: 0x58, submits: 1 });
    const transport = rig.transport([smsc.url], { send: 60_000, step: 60_000 });
    const begin = Date.now();
    expect(await transport.send(message())).to.include({ status: 'accepted' });
    expect(Date.now() - begin).to.be.at.least(1000);
    expect(transport.stats().smscs[nameOf(smsc)]).to.include({ submits: 2, throttled: 1 });
  });

  it('get half as much once for a message, however often they are too busy for it', async () => {
    const smsc = await rig.scripted({ submit_sm: (client, pdu) => client.answer(pdu, {}, 0x14) });
    const options = readSmppOptions({ smscs: [details(smsc, { messagesPerSecond: 50 })], source: 'Example' });
    const router = new Router(options, TIMEOUTS, debugLogger('smpp'), () => undefined);
    const lane = router.routes.find('46701740605').lanes[0];
    if (lane === undefined) throw new Error('There is no SMSC.');
    router.start();
    const end = Date.now() + 60_000;
    const times = { expiresAt: end, deadline: end, lastReturnAt: end };
    let results = 0;
    const onResult = (): unknown => (results += 1);
    const [one, other] = ['46701740605', '46701740606'].map((recipient) => ({
      ...{ recipient, text: 'code', templateId: undefined, ...times, onResult },
    }));
    const slows: boolean[] = [];
    for (const sent of [one, one, other]) {
      await until(() => lane.smsc.freeAt <= Date.now());
      if (sent !== undefined) lane.smsc.submit(sent, lane.encoder);
      const { freeAt } = lane.smsc;
      await until(() => results === slows.length + 1);
      slows.push(lane.smsc.freeAt > freeAt);
    }
    await router.close();
    expect(slows).to.deep.equal([true, false, true]);
    expect(lane.smsc.stats()).to.include({ throttled: 3 });
  });

  describe('of an account that allows few', () => {
    it('are let go when there is nothing to do, and made again when there is', async () => {
      const smsc = await rig.scripted(ALL_BINDS);
      const transport = rig.transport([details(smsc, { idleUnbindSeconds: 1 })], { step: 60_000, send: 60_000 });
      await untilReady(transport);
      for (const round of [1, 2]) {
        expect(await transport.send(message())).to.include({ status: 'accepted' });
        await until(() => count(smsc, 'unbind') === round);
        await until(() => smsc.clients[round - 1]?.socket.destroyed === true);
        expect(await transport.health()).to.include({ status: 'ready' });
      }
      expect(count(smsc, 'bind_transceiver')).to.equal(2);
      expect(rig.log.filter((line) => /warning|error/.test(line))).to.deep.equal([]);
    });

    it('stay while a message waits for its answer', async () => {
      let answer = (): void => undefined;
      const smsc = await rig.scripted({
        submit_sm: (client, pdu) => {
          answer = () => client.answer(pdu, { message_id: 'a' });
        },
        enquire_link: (client, pdu) => client.answer(pdu),
      });
      const timeouts = { response: 60_000, step: 60_000, send: 60_000, silence: 500, dead: 60_000 };
      const transport = rig.transport([details(smsc, { idleUnbindSeconds: 1 })], timeouts);
      const send = transport.send(message());
      await until(() => count(smsc, 'enquire_link') === 3);
      expect(smsc.commands).not.to.include('unbind');
      answer();
      expect(await send).to.include({ status: 'accepted' });
      await until(() => smsc.commands.includes('unbind'));
    });

    for (const [name, status] of [
      ['is bound already', 0x05],
      ['is throttled', 0x58],
    ] as const) {
      it(`are asked for again while a message waits, however long the pause, if the SMSC says that it ${name}`, async () => {
        const smsc = await rig.smsc();
        smsc.behave({ bindStatus: status });
        const pauses = { shortestPause: 600_000, longestPause: 600_000, busyPause: 20 };
        const transport = rig.transport([smsc.url], { ...pauses, step: 60_000, send: 60_000 });
        await untilFailed(transport);
        const send = transport.send(message());
        await until(() => smsc.binds.length > 3);
        smsc.behave({});
        expect(await send).to.include({ status: 'accepted' });
      });
    }

    it('are not asked for again and again while nothing waits', async () => {
      const [unneeded, needed] = [await rig.smsc(), await rig.smsc()];
      const pauses = { shortestPause: 600_000, longestPause: 600_000, busyPause: 20 };
      for (const smsc of [unneeded, needed]) smsc.behave({ bindStatus: 0x05 });
      await untilFailed(rig.transport([unneeded.url], pauses));
      const send = rig.transport([needed.url], { ...pauses, step: 60_000, send: 60_000 }).send(message());
      await until(() => needed.binds.length > 3);
      expect(unneeded.binds).to.have.lengthOf(1);
      needed.behave({});
      expect(await send).to.include({ status: 'accepted' });
    });

    it('are one too many if a bind fails that worked before: not a wrong configuration, nor a wrong mode', async () => {
      let status = 0;
      const smsc = await rig.scripted({ bind_transceiver: (client, pdu) => client.answer(pdu, {}, status) });
      const transport = rig.transport([smsc.url], { busyPause: 20 });
      await untilReady(transport);
      status = 0x0d;
      smsc.clients[0]?.socket.destroy();
      await until(() => smsc.clients.length > 3);
      expect(rig.log.filter((line) => line.includes('error: '))).to.deep.equal([]);
      status = 0;
      await untilReady(transport);
      expect(new Set(smsc.commands)).to.deep.equal(new Set(['bind_transceiver']));
    });

    it('are known by the SMSC’s own status, if the options name it', async () => {
      const smsc = await rig.smsc();
      smsc.behave({ bindStatus: 0x0f });
      const account = details(smsc, { statusClasses: { 15: 'session' } });
      const transport = rig.transport([account], { busyPause: 20 });
      await untilFailed(transport);
      smsc.behave({});
      expect(await transport.send(message())).to.include({ status: 'accepted' });
    });
  });
});
