import { expect } from 'chai';
import type { DeliveryReceipt } from '../../lib/domain/ports.ts';
import { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { NetSmppSmsc } from '../support/net-smpp.ts';
import { requirePeer } from '../support/peers.ts';
import { message, until } from './rig.ts';

/** Longer than the longest validity period, so that no slow machine makes it another one. */
const SECONDS = 100_000;

const SENT = {
  command: 'submit_sm',
  status: 0,
  service_type: '',
  source_addr_ton: 5,
  source_addr_npi: 0,
  source_addr: 'Example',
  dest_addr_ton: 1,
  dest_addr_npi: 1,
  destination_addr: '46701740605',
  esm_class: 0,
  protocol_id: 0,
  priority_flag: 1,
  schedule_delivery_time: '',
  validity_period: '000000235959000R',
  registered_delivery: 1,
  replace_if_present_flag: 0,
  sm_default_msg_id: 0,
};

describe('with an SMSC on an independent codec, SmppTransport', () => {
  let smsc: NetSmppSmsc;
  let transport: SmppTransport;
  const receipts: DeliveryReceipt[] = [];

  /** The SMSC's report on a PDU and its answer come on different ways, in any order. */
  async function lastSubmit(count: number): Promise<object> {
    const submits = () => smsc.received.filter(({ command }) => command === 'submit_sm');
    await until(() => submits().length === count);
    const { seq, ...fields } = submits().at(-1) ?? {};
    return fields;
  }

  before(async function () {
    requirePeer(this, 'libnet-smpp-perl');
    smsc = await NetSmppSmsc.start();
    const { host, port } = smsc;
    const account = { name: 'perl', host, port, systemId: 'user', password: 'p:ss w/rd', systemType: 'VMA' };
    transport = new SmppTransport({ smscs: [account], source: 'Example' });
    transport.onReceipt((receipt) => receipts.push(receipt));
  });

  after(async () => {
    await transport?.close();
    await smsc?.close();
  });

  it('binds as a transceiver of SMPP 3.4, with its credentials', async () => {
    transport.open();
    await until(() => smsc.received.length > 0);
    expect(smsc.received[0]).to.deep.equal({
      command: 'bind_transceiver',
      seq: 1,
      status: 0,
      system_id: 'user',
      password: 'p:ss w/rd',
      system_type: 'VMA',
      interface_version: 0x34,
      addr_ton: 0,
      addr_npi: 0,
      address_range: '',
    });
  });

  it('answers when it is asked whether it is alive', async () => {
    await until(() => smsc.received.length > 1);
    expect(smsc.received[1]).to.deep.equal({ command: 'enquire_link_resp', seq: 1, status: 0 });
  });

  it('sends umlauts and the euro sign in GSM 03.38', async () => {
    const result = await transport.send(message({ text: 'Größe: 5 €', seconds: SECONDS }));
    expect(result).to.deep.equal({ status: 'accepted', smsc: 'perl', messageId: 'n1' });
    expect(await lastSubmit(1)).to.deep.equal({ ...SENT, data_coding: 0, short_message: '47727c1e653a2035201b65' });
  });

  it('sends Cyrillic in UCS-2', async () => {
    const result = await transport.send(message({ text: 'Код 42', seconds: SECONDS }));
    expect(result).to.deep.equal({ status: 'accepted', smsc: 'perl', messageId: 'n2' });
    expect(await lastSubmit(2)).to.deep.equal({ ...SENT, data_coding: 8, short_message: '041a043e0434002000340032' });
  });

  it('reads receipts in words and in optional parameters, and acknowledges them', async () => {
    const isAcknowledgement = ({ command }: { command?: unknown }) => command === 'deliver_sm_resp';
    await until(() => smsc.received.filter(isAcknowledgement).length === 2);
    expect(receipts).to.deep.equal([
      { smsc: 'perl', messageId: 'n1', state: 'delivered' },
      { smsc: 'perl', messageId: 'n2', state: 'delivered' },
    ]);
    expect(smsc.received.filter(isAcknowledgement)).to.deep.equal([
      { command: 'deliver_sm_resp', seq: 2, status: 0, message_id: '' },
      { command: 'deliver_sm_resp', seq: 3, status: 0, message_id: '' },
    ]);
  });

  it('says goodbye', async () => {
    await transport.close();
    await until(() => smsc.commands.at(-1) === 'unbind');
  });
});

describe('with an SMSC on an independent codec, routes', () => {
  it('write their own sender, its types, and TLVs of each kind', async function () {
    requirePeer(this, 'libnet-smpp-perl');
    const smsc = await NetSmppSmsc.start();
    const { host, port } = smsc;
    const transport = new SmppTransport({
      source: 'Example',
      smscs: [{ name: 'perl', host, port, tlvs: { 5122: { number: 258, length: 2 } } }],
      routes: [
        {
          to: 'IN',
          smscs: ['perl'],
          source: 'EXMPLE',
          tlvs: { 5120: '1101', 5121: { templateId: true }, 5123: { octets: 'abc' }, 5124: Uint8Array.of(0, 127) },
        },
        { to: '+', smscs: ['perl'], source: '12345' },
      ],
    });
    try {
      const registered = message({ to: '+919810012345', text: 'registered', seconds: SECONDS });
      expect(await transport.send({ ...registered, templateId: '1107' })).to.include({ route: 'IN' });
      expect(await transport.send(message({ seconds: SECONDS }))).to.include({ route: '+' });
      const submits = () => smsc.received.filter(({ command }) => command === 'submit_sm');
      await until(() => submits().length === 2);
      const [indian, other] = submits();
      expect(indian).to.deep.include({
        source_addr: 'EXMPLE',
        source_addr_ton: 5,
        source_addr_npi: 0,
        short_message: Buffer.from('registered').toString('hex'),
        5120: '1101\0',
        5121: '1107\0',
        5122: '\x01\x02',
        5123: 'abc',
        5124: '\0\x7f',
      });
      expect(other).to.deep.include({
        source_addr: '12345',
        source_addr_ton: 3,
        source_addr_npi: 0,
        5122: '\x01\x02',
      });
      expect(other).to.not.have.any.keys('5120', '5121', '5123', '5124');
    } finally {
      await transport.close();
      await smsc.close();
    }
  });
});
