import { expect } from 'chai';
import { message, nameOf, Rig, until, untilFailed, untilReady } from './rig.ts';
import type { ScriptedSmsc } from './scripted-smsc.ts';

const REFUSALS = [
  ['ESME_RINVCMDID (0x03)', 0x03],
  ['ESME_RBINDFAIL (0x0D)', 0x0d],
] as const;

describe('a transmitter', () => {
  const rig = new Rig();

  async function sendsOnly(transceiverStatus = 0x03): Promise<ScriptedSmsc> {
    return rig.scripted({
      bind_transceiver: (client, pdu) => client.answer(pdu, {}, transceiverStatus),
      bind_transmitter: (client, pdu) => client.answer(pdu),
      submit_sm: (client, pdu) => client.answer(pdu, { message_id: 'a' }),
    });
  }

  function aloud(): readonly string[] {
    return rig.log.filter((line) => /warning|error/.test(line));
  }

  function saysThatReceiptsAreOff(smsc: ScriptedSmsc): readonly string[] {
    return rig.log.filter((line) => line.includes(`${nameOf(smsc)} is bound as a transmitter: receipts are off`));
  }

  it('is bound if the options say so, asks for no receipts, and names no message: none will come', async () => {
    const smsc = await sendsOnly();
    const { hostname: host, port } = new URL(smsc.url);
    const transport = rig.transport([{ host, port: Number(port), bindMode: 'transmitter' }]);
    const result = await transport.send(message({ text: 'x'.repeat(200) }));
    expect(result).to.deep.equal({ status: 'accepted', smsc: nameOf(smsc) });
    expect(smsc.commands).to.deep.equal(['bind_transmitter', 'submit_sm', 'submit_sm']);
    expect(smsc.received.slice(1).map(({ fields }) => fields.registered_delivery)).to.deep.equal([0, 0]);
    expect(saysThatReceiptsAreOff(smsc)).to.have.lengthOf(1);
    expect(aloud()).to.deep.equal([]);
  });

  for (const [name, status] of REFUSALS) {
    it(`is bound at once if a transceiver is refused by ${name}, with a warning`, async () => {
      const smsc = await sendsOnly(status);
      const transport = rig.transport([smsc.url], { shortestPause: 60_000, longestPause: 60_000 });
      expect(await transport.send(message())).to.include({ status: 'accepted' });
      expect(smsc.commands).to.deep.equal(['bind_transceiver', 'bind_transmitter', 'submit_sm']);
      expect(smsc.clients).to.have.lengthOf(2);
      expect(smsc.received[2]?.fields).to.include({ registered_delivery: 0 });
      expect(aloud()).to.deep.equal(saysThatReceiptsAreOff(smsc)).and.to.have.lengthOf(1);
    });
  }

  it('is warned of once, however often it is bound', async () => {
    const smsc = await sendsOnly();
    const transport = rig.transport([smsc.url]);
    await untilReady(transport);
    smsc.clients[1]?.send('unbind', 1);
    await until(() => smsc.commands.filter((command) => command === 'bind_transmitter').length === 2);
    await untilReady(transport);
    expect(saysThatReceiptsAreOff(smsc)).to.have.lengthOf(1);
  });

  it('becomes a transceiver later if that was refused for the moment only', async () => {
    let tries = 0;
    const smsc = await rig.scripted({
      bind_transceiver(client, pdu) {
        tries += 1;
        if (tries === 1) client.socket.resetAndDestroy();
        else client.answer(pdu);
      },
      bind_transmitter: (client, pdu) => client.answer(pdu),
    });
    await untilReady(rig.transport([smsc.url], { configPause: 20 }));
    await until(() => aloud().length === 2);
    expect(smsc.commands).to.deep.equal(['bind_transceiver', 'bind_transmitter', 'unbind', 'bind_transceiver']);
    expect(aloud()[1]).to.contain(`${nameOf(smsc)} is bound as a transceiver: receipts are on again`);
  });

  it('is all there is if a transceiver is refused for good: that is tried twice, and not during a message', async () => {
    let answer = (): void => undefined;
    const smsc = await rig.scripted({
      bind_transceiver: (client, pdu) => client.answer(pdu, {}, 0x03),
      bind_transmitter: (client, pdu) => client.answer(pdu),
      submit_sm: (client, pdu) => {
        answer = () => client.answer(pdu, { message_id: 'a' });
      },
      enquire_link: (client, pdu) => client.answer(pdu),
    });
    const count = (command: string) => smsc.commands.filter((each) => each === command).length;
    const timeouts = { configPause: 20, busyPause: 20, silence: 100, response: 60_000, send: 60_000 };
    const transport = rig.transport([smsc.url], timeouts);
    const send = transport.send(message());
    await until(() => count('enquire_link') === 2);
    expect(count('bind_transceiver')).to.equal(1);
    answer();
    expect(await send).to.include({ status: 'accepted' });
    await until(() => count('bind_transmitter') === 2);
    await until(() => count('enquire_link') === 5);
    expect(count('bind_transceiver')).to.equal(2);
    expect(aloud()).to.deep.equal(saysThatReceiptsAreOff(smsc)).and.to.have.lengthOf(1);
  });

  it('is not spoken of if no receipts are wanted', async () => {
    const smsc = await rig.smsc();
    const { hostname: host, port } = new URL(smsc.url);
    await untilReady(rig.transport([{ host, port: Number(port), requestReceipts: false }]));
    expect(aloud()).to.deep.equal([]);
    expect(rig.log.join()).not.to.contain('transmitter');
  });

  it('is tried once: if it is refused too, that is the failure', async () => {
    const smsc = await rig.scripted({
      bind_transceiver: (client, pdu) => client.answer(pdu, {}, 0x03),
      bind_transmitter: (client, pdu) => client.answer(pdu, {}, 0x0e),
    });
    expect(await untilFailed(rig.transport([smsc.url]))).to.equal('it refused the bind: ESME_RINVPASWD (0x0E)');
    expect(smsc.commands).to.deep.equal(['bind_transceiver', 'bind_transmitter']);
  });

  it('is not tried if the credentials are refused, nor again if it is what was refused', async () => {
    const strict = await rig.smsc({ systemId: 'user' });
    await untilFailed(rig.transport([`smpp://nobody@${nameOf(strict)}`]));
    expect(strict.binds).to.have.lengthOf(1);
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: 0x0d });
    const { hostname: host, port } = new URL(smsc.url);
    await untilFailed(rig.transport([{ host, port: Number(port), bindMode: 'transmitter' }]));
    expect(smsc.binds).to.have.lengthOf(1);
  });
});
