import { expect } from 'chai';
import fc from 'fast-check';
import type { DeliveryReceipt } from '../../lib/domain/ports.ts';
import { failureOf, message, nameOf, Rig, TEXT, TO, until, untilReady } from './rig.ts';

describe('SmppTransport sends', () => {
  const rig = new Rig();

  it('a message that arrives, and tells its id', async () => {
    const smsc = await rig.smsc({ systemId: 'user', password: 'p:ss@1' });
    const result = await rig.transport([smsc.url]).send(message());
    const received = await smsc.nextMessage(TO);
    expect(received).to.include({ to: TO, from: 'Example', text: TEXT });
    expect(result).to.deep.equal({ status: 'accepted', smsc: nameOf(smsc), messageId: received.id });
  });

  it('over one bind that stays up', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url]);
    for (let round = 0; round < 3; round += 1) await transport.send(message());
    expect(smsc.binds).to.have.lengthOf(1);
    expect(smsc.submits).to.have.lengthOf(3);
  });

  it('exactly the fields that an OTP needs', async () => {
    const smsc = await rig.smsc();
    await rig.transport([smsc.url]).send(message({ seconds: 300.5 }));
    expect(smsc.submits[0]?.fields).to.deep.equal({
      service_type: '',
      source_addr_ton: 5,
      source_addr_npi: 0,
      source_addr: 'Example',
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: TO.slice(1),
      esm_class: 0,
      protocol_id: 0,
      priority_flag: 1,
      schedule_delivery_time: '',
      validity_period: '000000000500000R',
      registered_delivery: 1,
      replace_if_present_flag: 0,
      data_coding: 0,
      sm_default_msg_id: 0,
      short_message: Buffer.from(TEXT),
    });
    expect(smsc.binds[0]?.fields).to.deep.equal({
      system_id: '',
      password: '',
      system_type: '',
      interface_version: 0x34,
      addr_ton: 0,
      addr_npi: 0,
      address_range: '',
    });
  });

  it('the service type, the system type and the kinds of address that the options say', async () => {
    const smsc = await rig.smsc();
    const options = { source: '+4670', destination: { ton: 'UNKNOWN', npi: 'UNKNOWN' } } as const;
    const { hostname: host, port } = new URL(smsc.url);
    const details = { host, port: Number(port), serviceType: 'CMT', systemType: 'VMA' };
    await rig.transport([details], {}, options).send(message());
    expect(smsc.binds[0]?.fields).to.include({ system_type: 'VMA' });
    expect(smsc.submits[0]?.fields).to.include({ service_type: 'CMT', source_addr: '4670', source_addr_ton: 1 });
    expect(smsc.submits[0]?.fields).to.include({ source_addr_npi: 1, dest_addr_ton: 0, dest_addr_npi: 0 });
  });

  it('a long text in parts that the phone joins, with a receipt for each', async () => {
    const smsc = await rig.smsc();
    const text = `${'Ж'.repeat(70)}${TEXT}`;
    const result = await rig.transport([smsc.url]).send(message({ text }));
    const received = await smsc.nextMessage(TO);
    expect(received.text).to.equal(text);
    expect(result).to.include({ status: 'accepted', messageId: received.id });
    expect(smsc.submits.map(({ fields }) => fields.registered_delivery)).to.deep.equal([1, 1]);
  });

  it('nothing but E.164: a property of all that reaches the wire', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url]);
    const to = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.stringMatching(/^\+?[0-9;\0 a-f]{5,18}$/),
      fc.stringMatching(/^\+?[0-9]{6,41}$/),
    );
    await fc.assert(
      fc.asyncProperty(to, async (number) => {
        const sent = await transport.send(message({ to: number })).then(
          () => true,
          () => false,
        );
        expect(sent).to.equal(/^\+?[1-9]\d{6,14}$/.test(number));
      }),
      { numRuns: 500 },
    );
    for (const { fields } of smsc.submits) expect(fields.destination_addr).to.match(/^[1-9]\d{6,14}$/);
    expect(smsc.submits).not.to.have.lengthOf(0);
  });

  it('nothing that lives less than 20 seconds, and names no number', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url]);
    for (const seconds of [19, 0, -1, Number.NaN]) {
      expect(await failureOf(transport.send(message({ seconds })))).to.equal(
        'The message lives less than 20 seconds from now.',
      );
    }
    expect(await failureOf(transport.send(message({ to: '+46701740605\0' })))).to.equal(
      'The phone number is not E.164.',
    );
    expect(smsc.submits).to.have.lengthOf(0);
  });
});

describe('receipts', () => {
  const rig = new Rig();

  it('reach all listeners, with the name and the id that the send gave', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url]);
    const receipts: DeliveryReceipt[] = [];
    transport.onReceipt(() => {
      throw new Error(`a listener that fails, with ${TEXT}`);
    });
    transport.onReceipt((receipt) => receipts.push(receipt));
    const sent = await transport.send(message());
    await until(() => receipts.length === 1);
    const { id } = await smsc.nextMessage(TO);
    expect(sent).to.deep.equal({ status: 'accepted', smsc: nameOf(smsc), messageId: id });
    expect(receipts).to.deep.equal([{ smsc: nameOf(smsc), messageId: id, state: 'delivered' }]);
    expect(rig.log.join()).to.contain('a listener for receipts').and.not.to.contain(TEXT);
    expect(await transport.send(message())).to.include({ status: 'accepted' });
  });

  it('belong to the SMSC that has the message, if they come over another host of the operator', async () => {
    const [asked, other] = [await rig.smsc(), await rig.scripted()];
    asked.behave({ receipt: 'none' });
    const transport = rig.transport([asked.url, other.url]);
    const receipts: DeliveryReceipt[] = [];
    transport.onReceipt((receipt) => receipts.push(receipt));
    await untilReady(transport);
    await transport.send(message());
    const { id } = await asked.nextMessage(TO);
    for (const source_addr of ['46701740606', TO]) {
      const short_message = Buffer.from(`id:${id} stat:DELIVRD`);
      other.clients[0]?.send('deliver_sm', 1, { esm_class: 4, source_addr, short_message });
    }
    await until(() => receipts.length === 2);
    expect(receipts.map(({ smsc }) => smsc)).to.deep.equal([nameOf(other), nameOf(asked)]);
  });

  it('tell why an SMS was not delivered', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ receipt: 'failed' });
    const transport = rig.transport([smsc.url]);
    const receipts: DeliveryReceipt[] = [];
    transport.onReceipt((receipt) => receipts.push(receipt));
    await transport.send(message());
    await until(() => receipts.length === 1);
    expect(receipts[0]).to.include({ state: 'failed', reason: 'UNDELIV 001' });
  });

  it('name messages as the answers did, though the SMSC writes them in decimal, repeats itself or is early', async () => {
    const smsc = await rig.scripted({
      submit_sm: (client, pdu) => client.answer(pdu, { message_id: `000000FF${pdu.sequence}` }),
    });
    const account = { host: '127.0.0.1', port: Number(new URL(smsc.url).port), binds: 2 };
    const transport = rig.transport([account]);
    const receipts: string[] = [];
    transport.onReceipt(({ messageId }) => receipts.push(messageId));
    await untilReady(transport);
    const sent = [await transport.send(message()), await transport.send(message())];
    const ids = sent.map((result) => ('messageId' in result ? result.messageId : undefined));
    const report = (client: number, id: string | undefined) => {
      const short_message = Buffer.from(`id:${Number.parseInt(id ?? '', 16)} stat:DELIVRD`);
      smsc.clients[client]?.send('deliver_sm', 1, { esm_class: 4, short_message });
    };
    for (const client of [1, 0, 1]) report(client, ids[0]);
    report(1, ids[1]);
    await until(() => receipts.includes(ids[1] ?? ''));
    report(0, 'ff77');
    await until(() => receipts.length === 3);
    expect(receipts).to.deep.equal([...ids, 'ff77']);
    await until(() => smsc.commands.filter((command) => command === 'deliver_sm_resp').length === 5);
  });

  it('are not made of what people write', async () => {
    const smsc = await rig.scripted();
    const transport = rig.transport([smsc.url]);
    const receipts: DeliveryReceipt[] = [];
    transport.onReceipt((receipt) => receipts.push(receipt));
    transport.open();
    await until(() => smsc.clients.length === 1);
    smsc.clients[0]?.send('deliver_sm', 1, { short_message: Buffer.from('id:1 stat:DELIVRD') });
    smsc.clients[0]?.send('deliver_sm', 2, { esm_class: 4, short_message: Buffer.from('id:2 stat:DELIVRD') });
    await until(() => smsc.commands.filter((command) => command === 'deliver_sm_resp').length === 2);
    await until(() => receipts.length > 0);
    expect(receipts.map(({ messageId }) => messageId)).to.deep.equal(['2']);
  });
});
