import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import type { Behaviour } from '../../../lib/simulator/smsc/behaviour.ts';
import { type SmscSimulator, startSmsc } from '../../../lib/simulator/smsc/smsc.ts';
import { encode, type Pdu } from '../../../lib/smpp/pdu.ts';
import { makeCertificate } from '../../support/certificate-authority.ts';
import { Client, TO } from './smsc-client.ts';

const OTHER = '46701740606';

describe('the SMSC simulator, told how to behave,', () => {
  let smsc: SmscSimulator;
  const clients: Client[] = [];

  beforeEach(async () => {
    smsc = await startSmsc();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await smsc.close();
  });

  function connectClient(): Client {
    const client = new Client(smsc);
    clients.push(client);
    return client;
  }

  async function bind(command = 'bind_transceiver', systemId = ''): Promise<Client> {
    const client = connectClient();
    expect(await client.ask(command, { system_id: systemId })).to.include({ status: 0 });
    return client;
  }

  /** All that the client got once the SMSC has nothing more to say. */
  async function commandsTo(client: Client): Promise<readonly string[]> {
    await client.ask('enquire_link');
    return client.received.map(({ command }) => command);
  }

  function submitInVain(client: Client): void {
    client.submit('one').catch(() => undefined);
  }

  it('refuses messages with any status, so many times', async () => {
    const client = await bind();
    smsc.behave({ submitStatus: 0x58, submits: 1 }, { submitStatus: 0x14, submits: 2 });
    const statuses: number[] = [];
    for (const text of ['1', '2', '3', '4']) statuses.push((await client.submit(text)).status);
    expect(statuses).to.deep.equal([0x58, 0x14, 0x14, 0]);
    expect(smsc.messages.map(({ status }) => status)).to.deep.equal(['refused', 'refused', 'refused', 'delivered']);
    expect(await smsc.nextMessage(`+${TO}`)).to.include({ text: '4' });
  });

  it('treats one number in its own way, before what is said for all', async () => {
    const client = await bind();
    smsc.behave({ submitStatus: 0x58 }, { to: `+${TO}`, submits: 1, submitStatus: 0x0b });
    expect(await client.submit('one', { destination_addr: OTHER })).to.include({ status: 0x58 });
    expect(await client.submit('two')).to.include({ status: 0x0b });
    expect(await client.submit('three')).to.include({ status: 0x58 });
    smsc.behave({ to: `+${TO}`, submitStatus: 0x0b });
    expect(await client.submit('four', { destination_addr: OTHER })).to.include({ status: 0 });
  });

  it('tells what is left of it', async () => {
    const client = await bind();
    smsc.behave({ submitStatus: 0x58, submits: 2 }, { receipt: 'none' });
    await client.submit('one');
    expect(smsc.behaviours).to.deep.equal([{ submitStatus: 0x58, submits: 1 }, { receipt: 'none' }]);
    await client.submit('two');
    expect(smsc.behaviours).to.deep.equal([{ receipt: 'none' }]);
    smsc.behave();
    expect(smsc.behaviours).to.deep.equal([]);
  });

  it('counts the parts of a long message once', async () => {
    const client = await bind();
    const part = (reference: number, index: number) =>
      client.submit(Buffer.from([5, 0, 3, reference, 2, index, 0x41]), { esm_class: 0x40 });
    smsc.behave({ receipt: 'failed', submits: 1 });
    for (const [reference, index] of [
      [7, 1],
      [7, 2],
      [8, 1],
      [8, 2],
    ] as const) {
      await part(reference, index);
    }
    expect(smsc.messages.map(({ text, status }) => [text, status])).to.deep.equal([
      ['AA', 'failed'],
      ['AA', 'delivered'],
    ]);
  });

  it('begins anew if a refused long message comes again under the same reference', async () => {
    const client = await bind();
    const first = () => client.submit(Buffer.from([5, 0, 3, 7, 2, 1, 0x41]), { esm_class: 0x40 });
    smsc.behave({ submitStatus: 0x58, submits: 1 });
    expect(await first()).to.include({ status: 0x58 });
    expect(await first()).to.include({ status: 0 });
  });

  it('says what is no behaviour', () => {
    const wrong: unknown[] = [{ recept: 'failed' }, { receipt: 'lost' }, { submits: -1 }, { to: '46701740605' }, null];
    for (const behaviour of wrong) {
      expect(() => smsc.behave(behaviour as Behaviour), JSON.stringify(behaviour)).to.throw(TypeError, 'no behaviour');
    }
    expect(smsc.behaviours).to.deep.equal([]);
  });

  describe('answers', () => {
    it('late', async () => {
      const client = await bind();
      smsc.behave({ answerAfterMilliseconds: 1000, submits: 1 });
      const first = client.submit('one').then(() => 'one');
      const second = client.submit('two').then(() => 'two');
      expect(await Promise.race([first, second])).to.equal('two');
      expect(await first).to.equal('one');
    });

    it('out of order', async () => {
      const client = await bind();
      smsc.behave({ answerAfterSubmits: 2, submits: 1, receipt: 'none' }, { receipt: 'none' });
      await Promise.all(['one', 'two', 'three', 'four'].map((text) => client.submit(text)));
      const answered = client.received.filter(({ command }) => command === 'submit_sm_resp');
      expect(answered.map(({ sequence }) => sequence)).to.deep.equal([3, 4, 2, 5]);
    });

    it('never, but takes the message', async () => {
      const client = await bind();
      smsc.behave({ reaction: 'silence' });
      submitInVain(client);
      expect(await smsc.nextMessage(`+${TO}`)).to.include({ text: 'one', status: 'accepted' });
      expect(await commandsTo(client)).not.to.include('submit_sm_resp');
    });

    it('with generic_nack', async () => {
      const client = await bind();
      smsc.behave({ reaction: 'nack', submits: 1 }, { reaction: 'nack', submitStatus: 0x61 });
      expect(await client.submit('one')).to.include({ command: 'generic_nack', status: 0x08 });
      expect(await client.submit('two')).to.include({ command: 'generic_nack', status: 0x61 });
      expect(smsc.messages.map(({ status }) => status)).to.deep.equal(['refused', 'refused']);
    });

    it('by a closed connection', async () => {
      const client = await bind();
      smsc.behave({ reaction: 'drop' });
      submitInVain(client);
      await client.closed();
      expect(smsc.messages.map(({ text }) => text)).to.deep.equal(['one']);
    });

    for (const [reaction, expected] of Object.entries({
      cutShort: /^00000021800000040{8}00000002$/,
      shortLength: /^00000005800000040{8}00000002/,
      longLength: /^00000031800000040{8}00000002(..){17}$/,
      garbage: /^(ff){64}$/,
    })) {
      it(`with what is no PDU: ${reaction}`, async () => {
        smsc.behave({ reaction } as Behaviour);
        const socket = connect(Number(new URL(smsc.url).port), '127.0.0.1');
        const bytes: Buffer[] = [];
        socket.on('data', (chunk) => bytes.push(chunk));
        socket.write(encode('bind_transceiver', 1));
        await once(socket, 'data');
        bytes.length = 0;
        socket.write(encode('submit_sm', 2, { destination_addr: TO, short_message: Buffer.from('one') }));
        await once(socket, 'data');
        if (reaction === 'cutShort') await once(socket, 'end');
        expect(Buffer.concat(bytes).toString('hex')).to.match(expected);
        socket.destroy();
      });
    }
  });

  describe('reports', () => {
    const isReceipt = ({ command }: Pdu) => command === 'deliver_sm';

    for (const [receipt, word, state, shown] of [
      ['delivered', 'DELIVRD', 2, 'delivered'],
      ['failed', 'UNDELIV', 5, 'failed'],
      ['expired', 'EXPIRED', 3, 'failed'],
      ['deleted', 'DELETED', 4, 'failed'],
      ['rejected', 'REJECTD', 8, 'failed'],
      ['unknown', 'UNKNOWN', 7, 'accepted'],
      ['accepted', 'ACCEPTD', 6, 'accepted'],
      ['enroute', 'ENROUTE', 1, 'accepted'],
    ] as const) {
      it(`a message as ${receipt}`, async () => {
        const client = await bind();
        smsc.behave({ receipt });
        await client.submit('one');
        const { fields, tlvs } = await client.until(isReceipt);
        expect(String(fields.short_message)).to.include(` stat:${word} `);
        expect(tlvs.get(0x427)).to.deep.equal(Buffer.from([state]));
        expect(smsc.messages[0]?.status).to.equal(shown);
      });
    }

    it('later than it answers', async () => {
      const client = await bind();
      smsc.behave({ receiptAfterMilliseconds: 500 });
      await client.submit('one');
      expect(smsc.messages[0]?.status).to.equal('accepted');
      expect(await commandsTo(client)).not.to.include('deliver_sm');
      await client.until(isReceipt);
      expect(smsc.messages[0]?.status).to.equal('delivered');
    });

    it('before it answers', async () => {
      const client = await bind();
      smsc.behave({ isReceiptFirst: true });
      await client.submit('one');
      const commands = await commandsTo(client);
      expect(commands.slice(1, -1)).to.deep.equal(['deliver_sm', 'submit_sm_resp']);
    });

    it('twice, or never', async () => {
      const client = await bind();
      smsc.behave({ receipts: 2, submits: 1 }, { receipt: 'none' });
      await client.submit('one');
      await client.submit('two');
      const commands = await commandsTo(client);
      expect(commands.filter((command) => command === 'deliver_sm')).to.have.lengthOf(2);
      expect(smsc.messages.map(({ status }) => status)).to.deep.equal(['delivered', 'accepted']);
    });

    it('with another word after the first', async () => {
      const client = await bind();
      smsc.behave({ secondReceipt: 'failed' });
      await client.submit('one');
      await commandsTo(client);
      const words = client.received
        .filter(isReceipt)
        .map(({ fields }) => / stat:(\w+)/.exec(String(fields.short_message))?.[1]);
      expect(words).to.deep.equal(['DELIVRD', 'UNDELIV']);
      expect(smsc.messages[0]?.status).to.equal('delivered');
    });

    it('with the id in another form than in the answer', async () => {
      const client = await bind();
      smsc.behave(
        { idInAnswer: 'upperHex', submits: 1 },
        { idInAnswer: 'hex', idInReceipt: 'decimal', submits: 1 },
        { idInAnswer: 'decimal', idInReceipt: 'paddedDecimal' },
      );
      const answers = [await client.submit('1'), await client.submit('2'), await client.submit('3')];
      await commandsTo(client);
      const ids = answers.map(({ fields }) => String(fields.message_id));
      const reported = client.received
        .filter(isReceipt)
        .map(({ tlvs }) => tlvs.get(0x1e)?.toString().replace(/\0$/, ''));
      const [hex = '', , decimal = ''] = ids;
      expect(ids[0])
        .to.match(/^[0-9A-F]{16}$/)
        .and.equal(smsc.messages[0]?.id.toUpperCase());
      expect(reported).to.deep.equal([hex, BigInt(`0x${ids[1]}`).toString(), decimal.padStart(20, '0')]);
    });

    it('to a receiver of the same account if a transmitter sent', async () => {
      const stranger = await bind('bind_receiver', 'other');
      const receiver = await bind('bind_receiver', 'us');
      const transmitter = await bind('bind_transmitter', 'us');
      const { fields } = await transmitter.submit('one');
      const receipt = await receiver.until(isReceipt);
      expect(String(receipt.fields.short_message)).to.include(`id:${fields.message_id} `);
      for (const client of [transmitter, stranger]) expect(await commandsTo(client)).not.to.include('deliver_sm');
      expect(await receiver.submit('two')).to.include({ status: 0x04 });
    });

    it('to whoever of the account binds next if nobody was there', async () => {
      const transmitter = await bind('bind_transmitter', 'us');
      await transmitter.submit('one');
      const stranger = await bind('bind_transceiver', 'other');
      const receiver = await bind('bind_transceiver', 'us');
      await receiver.until(isReceipt);
      expect(await commandsTo(stranger)).not.to.include('deliver_sm');
      const second = await bind('bind_transceiver', 'us');
      expect(await commandsTo(second)).not.to.include('deliver_sm');
    });
  });

  it('keeps the last 1000 receipts that nobody took', async () => {
    const transmitter = await bind('bind_transmitter');
    await Promise.all(Array.from({ length: 1005 }, (_, index) => transmitter.submit(`${index}`)));
    const receiver = await bind('bind_receiver');
    const commands = await commandsTo(receiver);
    expect(commands.filter((command) => command === 'deliver_sm')).to.have.lengthOf(1000);
  });

  describe('treats connections:', () => {
    it('refuses binds', async () => {
      smsc.behave({ bindStatus: 0x0d });
      expect(await connectClient().ask('bind_transceiver')).to.include({ status: 0x0d });
    });

    it('lets only so many bind at once', async () => {
      smsc.behave({ maxBinds: 2 });
      const [first] = [await bind(), await bind()];
      const third = connectClient();
      expect(await third.ask('bind_transceiver')).to.include({ status: 0x0d });
      smsc.behave({ maxBinds: 2, bindStatus: 0x05 });
      expect(await third.ask('bind_transceiver')).to.include({ status: 0x05 });
      await first.ask('unbind');
      expect(await third.ask('bind_transceiver')).to.include({ status: 0 });
    });

    it('is deaf and dumb, with the connection open, and comes back', async () => {
      const client = await bind();
      smsc.behave({ isDead: true });
      submitInVain(client);
      while (smsc.submits.length === 0) await pause(5);
      smsc.behave();
      expect(await client.ask('query_sm')).to.include({ command: 'generic_nack' });
      expect(client.received).to.have.lengthOf(2);
    });

    it('is down, also for those who are connected, and up again', async () => {
      const client = await bind();
      smsc.behave({ isDown: true });
      await client.closed();
      await connectClient().closed();
      smsc.behave();
      expect(await (await bind()).submit('one')).to.include({ status: 0 });
    });

    it('lets the first that names something have its way', async () => {
      smsc.behave({ to: `+${OTHER}`, bindStatus: 0x05 }, { bindStatus: 0x0d, maxBinds: 0 });
      expect(await connectClient().ask('bind_transceiver')).to.include({ status: 0x05 });
    });

    it('drops those who are connected', async () => {
      const client = await bind();
      smsc.dropConnections();
      await client.closed();
      await bind();
    });

    it('asks the clients that are bound, and waits for their answers', async () => {
      const [client, other] = [await bind(), await bind()];
      connectClient();
      let isAnswered = false;
      const answered = smsc.ask('enquire_link').then(() => {
        isAnswered = true;
      });
      client.write(encode('enquire_link_resp', (await client.until(isEnquiry)).sequence));
      await other.until(isEnquiry);
      await client.ask('enquire_link');
      expect(isAnswered).to.equal(false);
      other.destroy();
      await answered;
    });

    it('says goodbye by itself', async () => {
      const client = await bind();
      const answered = smsc.ask('unbind');
      const { sequence } = await client.until(({ command }) => command === 'unbind');
      client.write(encode('unbind_resp', sequence));
      await answered;
      await client.closed();
    });
  });

  describe('with TLS', () => {
    it('shows its certificate, and is down before that if it is down', async () => {
      const { ca, ...tls } = await makeCertificate();
      const secure = await startSmsc({ tls });
      const { protocol, port } = new URL(secure.url);
      expect(protocol).to.equal('smpps:');
      const socket = connectTls({ port: Number(port), host: '127.0.0.1', ca });
      socket.write(encode('bind_transceiver', 1));
      await once(socket, 'data');
      secure.behave({ isDown: true });
      await once(socket, 'close');
      const refused = connectTls({ port: Number(port), host: '127.0.0.1', ca });
      refused.on('secureConnect', () => refused.destroy(new Error('It was let in.')));
      const [error] = await once(refused, 'error').catch((reason) => [reason]);
      expect(error).to.have.property('code', 'ECONNRESET');
      await secure.close();
    });

    it('wants a certificate of the client if it has an authority', async () => {
      const { ca, ...tls } = await makeCertificate();
      const secure = await startSmsc({ tls: { ...tls, ca } });
      const options = { port: Number(new URL(secure.url).port), host: '127.0.0.1', ca };
      const stranger = connectTls(options);
      const refusal = new Promise((resolve) => stranger.on('error', resolve));
      expect(await refusal).to.have.property('code', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
      const known = connectTls({ ...options, ...tls });
      known.write(encode('bind_transceiver', 1));
      await once(known, 'data');
      await secure.close();
    });
  });

  function isEnquiry({ command }: Pdu): boolean {
    return command === 'enquire_link';
  }
});
