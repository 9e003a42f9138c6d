import { expect } from 'chai';
import { failureOf, message, Rig, until, untilFailed, untilReady } from './rig.ts';
import type { Client } from './scripted-smsc.ts';

describe('a bind', () => {
  const rig = new Rig();

  it('answers what the SMSC asks', async () => {
    const smsc = await rig.scripted();
    await untilReady(rig.transport([smsc.url]));
    const [client] = smsc.clients;
    client?.send('enquire_link', 101);
    client?.send('deliver_sm', 102, { short_message: Buffer.from('hello') });
    client?.send('data_sm', 103);
    client?.send('alert_notification', 104);
    client?.send('submit_sm', 105);
    client?.socket.write(Buffer.from('00000010012345670000000000000006a'.slice(0, 32), 'hex'));
    client?.socket.write(Buffer.from('0000001100000005000000000000006b41', 'hex'));
    client?.send('unbind', 108);
    await until(() => smsc.commands.includes('unbind_resp'));
    const answers = smsc.received.slice(1).map(({ command, sequence, status }) => [command, sequence, status]);
    expect(answers).to.deep.equal([
      ['enquire_link_resp', 101, 0],
      ['deliver_sm_resp', 102, 0],
      ['data_sm_resp', 103, 0],
      ['generic_nack', 105, 3],
      ['generic_nack', 6, 3],
      ['generic_nack', 107, 2],
      ['unbind_resp', 108, 0],
    ]);
  });

  it('is made anew, on a new connection, if the SMSC ends it', async () => {
    const smsc = await rig.scripted();
    const transport = rig.transport([smsc.url]);
    await untilReady(transport);
    smsc.clients[0]?.send('unbind', 1);
    await until(() => smsc.clients.length === 2);
    await untilReady(transport);
    smsc.clients[1]?.socket.destroy();
    await until(() => smsc.clients.length === 3);
    await untilReady(transport);
    expect(smsc.commands.filter((command) => command === 'bind_transceiver')).to.have.lengthOf(3);
  });

  it('tells that the SMSC has unbound, whether that closes the connection or leaves it open', async () => {
    for (const unbind_resp of [(client: Client): void => void client.socket.end(), (): void => undefined]) {
      const smsc = await rig.scripted({ unbind_resp });
      const transport = rig.transport([smsc.url], { shortestPause: 60_000, longestPause: 60_000 });
      await untilReady(transport);
      smsc.clients[0]?.send('unbind', 1);
      expect(await untilFailed(transport)).to.equal('it has unbound');
    }
  });

  it('asks an SMSC that is silent, and stays if it answers', async () => {
    const smsc = await rig.scripted({ enquire_link: (client, pdu) => client.answer(pdu) });
    const transport = rig.transport([smsc.url], { silence: 20, dead: 10_000 });
    transport.open();
    await until(() => smsc.commands.filter((command) => command === 'enquire_link').length === 3);
    expect(smsc.clients).to.have.lengthOf(1);
  });

  it('takes any byte for a sign of life', async () => {
    const smsc = await rig.scripted({ enquire_link: (client) => client.send('enquire_link', 7) });
    const transport = rig.transport([smsc.url], { silence: 20, dead: 10_000 });
    transport.open();
    await until(() => smsc.commands.filter((command) => command === 'enquire_link').length === 3);
    expect(smsc.clients).to.have.lengthOf(1);
  });

  it('leaves an SMSC that stays silent: messages under way are unknown at once', async () => {
    const smsc = await rig.scripted();
    const transport = rig.transport([smsc.url], { silence: 50, dead: 50, response: 60_000, send: 60_000 });
    const send = transport.send(message());
    expect(await untilFailed(transport)).to.equal('it went silent');
    expect(await send).to.include({ status: 'unknown' });
    expect(smsc.commands.slice(0, 3)).to.deep.equal(['bind_transceiver', 'submit_sm', 'enquire_link']);
  });

  it('asks nothing before it is bound', async () => {
    const smsc = await rig.scripted({ bind_transceiver: () => undefined });
    const transport = rig.transport([smsc.url], { silence: 10, dead: 10, step: 200 });
    expect(await untilFailed(transport)).to.equal('it did not answer the bind');
    expect(new Set(smsc.commands)).to.deep.equal(new Set(['bind_transceiver']));
  });

  it('is none if another command answers', async () => {
    const smsc = await rig.scripted({
      bind_transceiver: (client, { sequence }) => client.send('submit_sm_resp', sequence),
    });
    expect(await untilFailed(rig.transport([smsc.url]))).to.equal('it did not answer the bind');
  });

  it('settles all messages, each once, if the SMSC dies with a full window and a queue', async () => {
    const smsc = await rig.scripted({
      submit_sm: ({ socket }) => {
        if (smsc.commands.filter((command) => command === 'submit_sm').length === 10) socket.destroy();
      },
      bind_transceiver: (client, pdu) => {
        if (smsc.clients.length === 1) client.answer(pdu);
      },
    });
    const transport = rig.transport([smsc.url], { response: 60_000, step: 500 });
    const sends = Array.from({ length: 30 }, () => transport.send(message()).catch(() => undefined));
    const results = await Promise.all(sends);
    expect(results.slice(0, 10).map((result) => result?.status)).to.deep.equal(Array(10).fill('unknown'));
    expect(results.slice(10)).to.deep.equal(Array(20).fill(undefined));
  });

  describe('that is closed', () => {
    it('waits for answers that are due, unbinds, and takes no more', async () => {
      let answer = (): void => undefined;
      const smsc = await rig.scripted({
        submit_sm: (client, pdu) => {
          answer = () => client.answer(pdu, { message_id: 'a' });
        },
      });
      const transport = rig.transport([smsc.url], { response: 60_000 });
      const send = transport.send(message());
      await until(() => smsc.commands.includes('submit_sm'));
      const closed = transport.close();
      expect(await failureOf(transport.send(message()))).to.equal('The SMPP transport is closed.');
      answer();
      expect(await send).to.include({ status: 'accepted' });
      await closed;
      expect(smsc.commands).to.deep.equal(['bind_transceiver', 'submit_sm', 'unbind']);
      await until(() => smsc.clients[0]?.socket.destroyed === true);
      expect(await transport.health()).to.include({ status: 'down' });
    });

    it('waits neither for answers nor for an unbind without end', async () => {
      const smsc = await rig.scripted({ unbind: () => undefined });
      const transport = rig.transport([smsc.url], { response: 60_000, send: 60_000, drain: 10, unbind: 10 });
      const send = transport.send(message());
      await until(() => smsc.commands.includes('submit_sm'));
      await transport.close();
      expect(await send).to.include({ status: 'unknown' });
      expect(smsc.commands).to.include('unbind');
    });

    it('leaves nobody in the queue', async () => {
      const smsc = await rig.scripted();
      const account = { host: '127.0.0.1', port: Number(new URL(smsc.url).port), window: 1 };
      const timeouts = { response: 600_000, send: 600_000, step: 600_000, drain: 10, unbind: 10 };
      const transport = rig.transport([account], timeouts);
      const [first, second] = [transport.send(message()), failureOf(transport.send(message()))];
      await until(() => smsc.commands.includes('submit_sm'));
      await transport.close();
      expect(await first).to.include({ status: 'unknown' });
      expect(await second).to.contain('cannot be used');
    });

    it('does not come back, and twice is once', async () => {
      const smsc = await rig.smsc();
      const transport = rig.transport([smsc.url]);
      await untilReady(transport);
      await Promise.all([transport.close(), transport.close()]);
      transport.open();
      expect(await failureOf(transport.send(message()))).to.equal('The SMPP transport is closed.');
      expect(smsc.binds).to.have.lengthOf(1);
    });

    it('ends at once before it was opened, while it connects, and while the SMSC is down', async () => {
      await rig.transport(['smpp://127.0.0.1:1']).close();
      const silent = await rig.scripted({ bind_transceiver: () => undefined });
      const connecting = rig.transport([silent.url], { step: 60_000 });
      connecting.open();
      await until(() => silent.commands.includes('bind_transceiver'));
      await connecting.close();
      const smsc = await rig.smsc();
      await smsc.close();
      const down = rig.transport([smsc.url], { shortestPause: 60_000, longestPause: 60_000 });
      await untilFailed(down);
      await down.close();
    });

    it('does not warn of its own end', async () => {
      const smsc = await rig.smsc();
      const transport = rig.transport([smsc.url]);
      await untilReady(transport);
      await transport.close();
      expect(rig.log.filter((line) => /warning|error/.test(line))).to.deep.equal([]);
    });
  });
});
