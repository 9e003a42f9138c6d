import { expect } from 'chai';
import type { ReceivedMessage } from '../../../lib/simulator/smsc/messages.ts';
import { type SmscSimulator, startSmsc } from '../../../lib/simulator/smsc/smsc.ts';
import { encode } from '../../../lib/smpp/pdu.ts';
import { inProduction } from '../../support/production.ts';
import { Client, TO } from './smsc-client.ts';

describe('the SMSC simulator', () => {
  let smsc: SmscSimulator;
  const clients: Client[] = [];

  beforeEach(async () => {
    smsc = await startSmsc();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await smsc.close();
  });

  function connectTo(simulator = smsc): Client {
    const client = new Client(simulator);
    clients.push(client);
    return client;
  }

  async function bind(simulator = smsc): Promise<Client> {
    const client = connectTo(simulator);
    expect(await client.ask('bind_transceiver')).to.include({ command: 'bind_transceiver_resp', status: 0 });
    return client;
  }

  it('shows what arrived', async () => {
    const client = await bind();
    const answer = await client.submit('Your code is 492817.');
    const message = await smsc.nextMessage(`+${TO}`);
    const { receivedAt, ...rest } = message;
    expect(new Date(receivedAt).toISOString()).to.equal(receivedAt);
    expect(rest).to.deep.equal({
      id: answer.fields.message_id,
      to: `+${TO}`,
      from: 'Example',
      text: 'Your code is 492817.',
      status: 'delivered',
    });
    expect(smsc.messages).to.deep.equal([message]);
    expect(smsc.submits[0]?.fields).to.include({ destination_addr: TO, registered_delivery: 1 });
  });

  it('reads GSM 03.38, UCS-2 and a message payload', async () => {
    const client = await bind();
    await client.submit(Buffer.from([0x00, 0x1b, 0x65, 0x7d, 0x1b, 0x3c, 0x7f, 0x1b]));
    await client.submit(Buffer.from('Код 😀', 'utf16le').swap16(), { data_coding: 8 });
    await client.submit('', { message_payload: Buffer.from('payload') });
    expect(smsc.messages.map(({ text }) => text)).to.deep.equal(['@€ñ[à\ufffd', 'Код 😀', 'payload']);
  });

  it('joins parts in any order, with short and long references', async () => {
    const client = await bind();
    const part = (header: readonly number[], text: string) =>
      client.submit(Buffer.concat([Buffer.from(header), Buffer.from(text)]), { esm_class: 0x40 });
    await part([5, 0, 3, 7, 2, 2], 'world');
    await part([6, 8, 4, 1, 7, 2, 1], 'good');
    expect(smsc.messages).to.deep.equal([]);
    await part([5, 0, 3, 7, 2, 1], 'hello ');
    await part([6, 8, 4, 1, 7, 2, 2], 'bye');
    expect(smsc.messages.map(({ text }) => text)).to.deep.equal(['hello world', 'goodbye']);
    await part([3, 1, 1, 0], 'alone');
    expect(smsc.messages[2]?.text).to.equal('alone');
  });

  it('sends a receipt if one is wanted', async () => {
    const client = await bind();
    await client.submit('one', { registered_delivery: 0 });
    const { fields } = await client.submit('two');
    const receipt = await client.until(({ command }) => command === 'deliver_sm');
    expect(receipt.fields).to.include({ source_addr: TO, destination_addr: 'Example', esm_class: 4 });
    expect(String(receipt.fields.short_message)).to.match(
      new RegExp(
        `^id:${fields.message_id} sub:001 dlvrd:001 submit date:\\d{10} done date:\\d{10} stat:DELIVRD err:000`,
      ),
    );
    expect(receipt.tlvs.get(0x427)).to.deep.equal(Buffer.from([2]));
    expect(client.received.filter(({ command }) => command === 'deliver_sm')).to.have.lengthOf(1);
  });

  it('tells listeners of a message and of what becomes of it, until they stop', async () => {
    const seen: ReceivedMessage['status'][] = [];
    const stop = smsc.onMessage(({ status }) => seen.push(status));
    const client = await bind();
    await client.submit('one');
    smsc.behave({ receipt: 'failed' });
    await client.submit('two');
    smsc.behave({ receipt: 'none' });
    await client.submit('three');
    stop();
    await client.submit('four');
    expect(seen).to.deep.equal(['accepted', 'delivered', 'accepted', 'failed', 'accepted']);
  });

  it('gives each message to one who waits for its number', async () => {
    const client = await bind();
    const waits = [smsc.nextMessage(`+${TO}`), smsc.nextMessage('+46701740606'), smsc.nextMessage(`+${TO}`)];
    await client.submit('one');
    await client.submit('two', { destination_addr: '46701740606' });
    await client.submit('three');
    expect((await Promise.all(waits)).map(({ text }) => text)).to.deep.equal(['one', 'two', 'three']);
  });

  it('rejects a wait that takes too long, and every wait when it is closed', async () => {
    const failures = [smsc.nextMessage(`+${TO}`, 1), smsc.nextMessage(`+${TO}`, 60_000)].map((wait) =>
      wait.catch((error: Error) => error.message),
    );
    expect(await failures[0]).to.equal('No message to that number arrived within 1 ms.');
    await smsc.close();
    expect(await failures[1]).to.equal('The SMSC simulator was closed.');
  });

  it('checks credentials if it has some', async () => {
    const guarded = await startSmsc({ systemId: 'us@er', password: 'pass' });
    expect(guarded.url).to.match(/^smpp:\/\/us%40er:pass@127\.0\.0\.1:\d+$/);
    const client = connectTo(guarded);
    expect(await client.ask('bind_transceiver', { system_id: 'other' })).to.include({ status: 0x0f });
    expect(await client.ask('bind_transceiver', { system_id: 'us@er', password: 'no' })).to.include({ status: 0x0e });
    expect(await client.submit('too early')).to.include({ status: 0x04 });
    expect(await client.ask('bind_transmitter', { system_id: 'us@er', password: 'pass' })).to.include({ status: 0 });
    expect(await client.ask('bind_transmitter', { system_id: 'us@er', password: 'pass' })).to.include({ status: 5 });
    expect(await client.submit('in time')).to.include({ status: 0 });
    expect(guarded.binds).to.have.lengthOf(4);
    expect(guarded.messages.map(({ text }) => text)).to.deep.equal(['in time']);
    await guarded.close();
  });

  it('answers enquire_link and unbind, and refuses what it does not know', async () => {
    const client = await bind();
    expect(await client.ask('enquire_link')).to.include({ command: 'enquire_link_resp', status: 0 });
    expect(await client.ask('query_sm')).to.include({ command: 'generic_nack', status: 3 });
    client.write(encode('deliver_sm_resp', 1));
    expect(await client.ask('unbind')).to.include({ command: 'unbind_resp', status: 0 });
    await client.closed();
  });

  for (const [what, bytes] of Object.entries({
    HTTP: Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    'a short length': Buffer.from('0000000500000004', 'hex'),
    'an empty submit_sm': Buffer.from('00000010000000040000000000000001', 'hex'),
    'a submit_sm cut short': Buffer.from('000000120000000400000000000000014142', 'hex'),
  })) {
    it(`survives ${what}`, async () => {
      const broken = connectTo();
      broken.write(bytes);
      broken.write(encode('unbind', 2));
      const client = await bind();
      expect(await client.submit('still here')).to.include({ status: 0 });
    });
  }

  it('keeps the last 1000 messages', async () => {
    const client = await bind();
    await Promise.all(Array.from({ length: 1005 }, (_, index) => client.submit(`${index}`)));
    expect(smsc.messages).to.have.lengthOf(1000);
    expect(smsc.submits).to.have.lengthOf(1000);
    expect(smsc.messages.at(-1)?.text).to.equal('1004');
    expect(await smsc.nextMessage(`+${TO}`)).to.include({ text: '5' });
  });

  it('keeps the last 1000 long messages of which a part is missing', async () => {
    const client = await bind();
    const part = (reference: number, index: number) =>
      client.submit(Buffer.from([6, 8, 4, reference >> 8, reference & 0xff, 2, index, 0x41]), { esm_class: 0x40 });
    await Promise.all(Array.from({ length: 1001 }, (_, reference) => part(reference, 1)));
    await part(1000, 2);
    expect(smsc.messages).to.have.lengthOf(1);
    await part(0, 2);
    expect(smsc.messages).to.have.lengthOf(1);
  });

  it('says that its port is taken', async () => {
    const failure = await startSmsc({ port: Number(new URL(smsc.url).port) }).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'EADDRINUSE');
  });

  it('does not start in production', async () => {
    const failure = await inProduction(() => startSmsc()).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
  });
});
