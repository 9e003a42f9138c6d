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
