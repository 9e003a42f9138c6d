import { expect } from 'chai';
import type { DeliveryReceipt } from '../../lib/domain/ports.ts';
import type { SmscOptions } from '../../lib/smpp/index.ts';
import { message, Rig, TEXT, until, untilFailed, untilReady } from './rig.ts';
import type { ScriptedSmsc } from './scripted-smsc.ts';

describe('an option of an SMSC', () => {
  const rig = new Rig();

  function account({ url }: { readonly url: string }, own: Partial<SmscOptions>): SmscOptions {
    return { host: '127.0.0.1', port: Number(new URL(url).port), ...own };
  }

  async function receiptsOf(
    own: Partial<SmscOptions>,
    ...texts: readonly string[]
  ): Promise<readonly DeliveryReceipt[]> {
    const smsc = await rig.scripted({
      submit_sm: (client, pdu) => {
        client.answer(pdu, { message_id: '77' });
        for (const [index, text] of texts.entries()) {
          client.send('deliver_sm', index + 1, { esm_class: 4, short_message: Buffer.from(text) });
        }
      },
    });
    const receipts: DeliveryReceipt[] = [];
    const transport = rig.transport([account(smsc, own)]);
    transport.onReceipt((receipt) => receipts.push(receipt));
    await transport.send(message());
    await until(() => smsc.commands.filter((command) => command === 'deliver_sm_resp').length === texts.length);
    await new Promise((resolve) => setImmediate(resolve));
    return receipts;
  }

  it('localAddress is where the connection comes from', async () => {
    const smsc = await rig.scripted();
    await untilReady(rig.transport([account(smsc, { localAddress: '127.0.0.7' })]));
    expect(smsc.clients[0]?.socket.remoteAddress).to.equal('127.0.0.7');
  });

  it('localAddress reaches a host that has addresses of the other family, too', async () => {
    const smsc = await rig.scripted();
    await untilReady(rig.transport([account(smsc, { host: 'localhost', localAddress: '127.0.0.7' })]));
    expect(smsc.clients[0]?.socket.remoteAddress).to.equal('127.0.0.7');
  });

  it('receiverPort is where the receiver binds', async () => {
    const polite = { bind_transmitter: reply, bind_receiver: reply };
    const [sending, receiving] = [await rig.scripted(polite), await rig.scripted(polite)];
    const receiverPort = Number(new URL(receiving.url).port);
    await untilReady(rig.transport([account(sending, { bindMode: 'transmitter+receiver', receiverPort })]));
    expect([sending.commands, receiving.commands]).to.deep.equal([['bind_transmitter'], ['bind_receiver']]);
  });

  it('interfaceVersion and addressRange are what the bind says', async () => {
    const smsc = await rig.smsc();
    const addressRange = { address: '^4670', ton: 'INTERNATIONAL', npi: 'ISDN' } as const;
    await untilReady(rig.transport([account(smsc, { interfaceVersion: 0x33, addressRange })]));
    expect(smsc.binds[0]?.fields).to.include({
      interface_version: 0x33,
      addr_ton: 1,
      addr_npi: 1,
      address_range: '^4670',
    });
  });

  it('enquireLinkSeconds is the silence after which it is asked', async () => {
    const smsc = await rig.scripted({ enquire_link: reply });
    const transport = rig.transport([account(smsc, { enquireLinkSeconds: 1 })]);
    await untilReady(transport);
    await until(() => smsc.commands.includes('enquire_link'));
  });

  it('responseTimeoutSeconds is the wait for an answer, beyond ten seconds too', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ answerAfterMilliseconds: 1500 });
    const timeouts = { response: 100, send: 1000 };
    expect(await rig.transport([smsc.url], timeouts).send(message())).to.include({ status: 'unknown' });
    const patient = rig.transport([account(smsc, { responseTimeoutSeconds: 30 })], timeouts);
    expect(await patient.send(message())).to.include({ status: 'accepted' });
  });

  it('bindTimeoutSeconds is the wait for the bind', async () => {
    const smsc = await rig.scripted({
      bind_transceiver: (client, pdu) => void setTimeout(() => client.answer(pdu), 300),
    });
    expect(await untilFailed(rig.transport([smsc.url], { step: 50 }))).to.equal('it did not answer the bind');
    await untilReady(rig.transport([account(smsc, { bindTimeoutSeconds: 2 })], { step: 50 }));
  });

  for (const [gsmDataCoding, text, data_coding, bytes] of [
    [0, '@ü', 0, Buffer.from([0x00, 0x7e])],
    [0xf0, '@ü', 0xf0, Buffer.from([0x00, 0x7e])],
    [1, '@code', 1, Buffer.from('@code')],
    [1, 'für', 8, Buffer.from('für', 'utf16le').swap16()],
    [3, '@für', 3, Buffer.from('@für', 'latin1')],
    [3, '€', 8, Buffer.from('€', 'utf16le').swap16()],
    [3, 'Код', 8, Buffer.from('Код', 'utf16le').swap16()],
  ] as const) {
    it(`gsmDataCoding ${gsmDataCoding} writes ${text} with data_coding ${data_coding}`, async () => {
      const smsc = await rig.smsc();
      await rig.transport([account(smsc, { gsmDataCoding })]).send(message({ text }));
      expect(smsc.submits[0]?.fields).to.deep.include({ data_coding, short_message: bytes });
    });
  }

  it('gsmDataCoding cuts a long text as GSM 03.38 is cut', async () => {
    const smsc = await rig.smsc();
    const text = `${'a'.repeat(151)}{}${'b'.repeat(20)}`;
    await rig.transport([account(smsc, { gsmDataCoding: 3 })]).send(message({ text }));
    const parts = smsc.submits.map(({ fields }) => (fields.short_message as Buffer).subarray(6).toString('latin1'));
    expect(parts).to.deep.equal([`${'a'.repeat(151)}{`, `}${'b'.repeat(20)}`]);
  });

  it('requestReceipts: false asks for none, and names no message', async () => {
    const smsc = await rig.smsc();
    const result = await rig.transport([account(smsc, { requestReceipts: false })]).send(message());
    expect(result).to.not.have.property('messageId');
    expect(smsc.submits[0]?.fields).to.include({ registered_delivery: 0 });
  });

  it('receiptStates says what its words mean; any other unknown word ends the message as failed', async () => {
    const receiptStates = { parked: 'pending', SENT: 'delivered' } as const;
    expect(await receiptsOf({ receiptStates }, 'id:77 stat:PARKED', 'id:77 stat:SENT')).to.have.length(1);
    expect((await receiptsOf({ receiptStates }, 'id:77 stat:SENT'))[0]).to.include({ state: 'delivered' });
    expect((await receiptsOf({}, 'id:77 stat:FAILED err:001'))[0]).to.include({
      state: 'failed',
      reason: 'FAILED 001',
    });
  });

  it('source is the sender there, and a short code is of its own kind', async () => {
    const smsc = await rig.smsc();
    await rig.transport([account(smsc, { source: '12345' })]).send(message());
    await rig.transport([account(smsc, { source: '+46123456' })]).send(message());
    expect(
      smsc.submits.map(({ fields }) => [fields.source_addr, fields.source_addr_ton, fields.source_addr_npi]),
    ).to.deep.equal([
      ['12345', 3, 0],
      ['46123456', 1, 1],
    ]);
  });

  describe('is not needed for', () => {
    it('ids of any characters, and lines in place of blanks', async () => {
      expect((await receiptsOf({}, 'id:77:2 sub:001 stat:DELIVRD'))[0]).to.include({ messageId: '77:2' });
      expect((await receiptsOf({}, 'id:A1B2C3\r\nsub:001\r\ndlvrd:001\r\nstat:DELIVRD'))[0]).to.include({
        messageId: 'a1b2c3',
      });
      expect(await receiptsOf({}, 'id: sub:001 stat:DELIVRD')).to.deep.equal([]);
      expect(await receiptsOf({}, 'id:\tsub:001 stat:DELIVRD')).to.deep.equal([]);
    });

    it('a receipt that takes back what was delivered', async () => {
      const receipts = await receiptsOf({}, 'id:77 stat:DELIVRD', 'id:77 stat:UNDELIV');
      expect(receipts.map(({ state }) => state)).to.deep.equal(['delivered']);
    });

    for (const [parts, states] of [
      [['failed', 'delivered'], ['failed']],
      [['delivered', 'failed'], ['failed']],
      [['delivered', 'delivered'], ['delivered']],
      [['delivered', 'none'], []],
    ] as const) {
      it(`a text of two parts, of which one is ${parts[0]} and one ${parts[1]}`, async () => {
        for (const isReceiptFirst of [true, false]) {
          const smsc = await rig.smsc();
          smsc.behave({ receiptOfParts: parts, isReceiptFirst });
          const receipts: DeliveryReceipt[] = [];
          const transport = rig.transport([smsc.url]);
          transport.onReceipt((receipt) => receipts.push(receipt));
          const result = await transport.send(message({ text: 'x'.repeat(200) }));
          await transport.send(message());
          await until(() =>
            receipts.some((receipt) => receipt.messageId !== ('messageId' in result && result.messageId)),
          );
          await new Promise((resolve) => setImmediate(resolve));
          const own = receipts.filter(({ messageId }) => 'messageId' in result && messageId === result.messageId);
          expect(own.map(({ state }) => state)).to.deep.equal(states);
        }
      });
    }

    it('outbind, which is not answered', async () => {
      const smsc = await rig.scripted({}, { connect: (client) => client.send('outbind', 1, { system_id: 'x' }) });
      await untilReady(rig.transport([smsc.url]));
      expect(smsc.commands).to.deep.equal(['bind_transceiver']);
    });

    it('an answer without its NUL: that of a bind is told as it is, that of a message is ambiguous', async () => {
      const binding = await rig.scripted({
        bind_transceiver: ({ socket }, { sequence }) => {
          const bytes = Buffer.from('00000013800000090000000000000000616263', 'hex');
          bytes.writeUInt32BE(sequence, 12);
          socket.write(bytes);
        },
      });
      expect(await untilFailed(rig.transport([binding.url]))).to.equal('its answer to the bind cannot be read');
      const smsc = await rig.smsc();
      smsc.behave({ reaction: 'withoutNul' });
      const begin = Date.now();
      expect(await rig.transport([smsc.url], { response: 60_000 }).send(message())).to.include({ status: 'unknown' });
      expect(Date.now() - begin).to.be.below(30_000);
    });

    for (const [status, field, setting] of [
      [0x62, 'validity_period', "validityPeriod: 'none'"],
      [0x07, 'registered_delivery', 'requestReceipts: false'],
    ] as const) {
      it(`a second try without ${field} after 0x${status.toString(16)}, with advice`, async () => {
        const smsc = await rig.scripted({
          submit_sm: (client, pdu) => client.answer(pdu, { message_id: 'a' }, pdu.fields[field] ? status : 0),
        });
        const transport = rig.transport([smsc.url]);
        expect(await transport.send(message())).to.include({ status: 'accepted' });
        expect(smsc.commands).to.deep.equal(['bind_transceiver', 'submit_sm', 'submit_sm']);
        expect(rig.log.join('\n')).to.contain(setting).and.not.contain(TEXT);
      });
    }

    for (const [how, refuse] of [
      ['status 0x04', (client, pdu) => client.answer(pdu, {}, 0x04)],
      ['a silent close', ({ socket }) => socket.end()],
      ['a reset', ({ socket }) => void socket.resetAndDestroy()],
      ['a generic_nack without its number', (client) => client.send('generic_nack', 0, {}, 0x03)],
    ] as const satisfies readonly (readonly [
      string,
      NonNullable<Parameters<typeof ScriptedSmsc.start>[0]>[string],
    ])[]) {
      it(`a transmitter if a transceiver is refused by ${how}`, async () => {
        const smsc = await rig.scripted({
          bind_transceiver: refuse,
          bind_transmitter: reply,
          submit_sm: (client, pdu) => client.answer(pdu, { message_id: 'a' }),
        });
        expect(await rig.transport([smsc.url]).send(message())).to.include({ status: 'accepted' });
        expect(smsc.commands).to.deep.equal(['bind_transceiver', 'bind_transmitter', 'submit_sm']);
      });
    }
  });

  it('that is out of bounds is refused', async () => {
    for (const own of [
      { responseTimeoutSeconds: 31 },
      { gsmDataCoding: 2 },
      { localAddress: 'host' },
      { interfaceVersion: 1 },
    ]) {
      expect(() => rig.transport([{ host: 'a', ...own } as SmscOptions])).to.throw('must be');
    }
  });
});

function reply(
  ...[client, pdu]: Parameters<NonNullable<NonNullable<Parameters<typeof ScriptedSmsc.start>[0]>[string]>>
) {
  client.answer(pdu);
}
