import { expect } from 'chai';
import fc from 'fast-check';
import { DeliveryReceipts, MessageIds, readReceipt } from '../../lib/smpp/delivery-receipts.ts';
import { decode, encode, type Pdu, type PduFields } from '../../lib/smpp/pdu.ts';

const NUMBER = '46701740605';
const MINUTE = 60_000;

function receipt(id: string, stat: string): Pdu {
  return decode(encode('deliver_sm', 1, { esm_class: 4, short_message: Buffer.from(`id:${id} stat:${stat} err:003`) }));
}

describe('the book of receipts', () => {
  it('tells each state of a message once, in the order in which they come', () => {
    const book = new DeliveryReceipts('auto');
    const id = book.enter('a1', NUMBER);
    const states = ['UNDELIV', 'UNDELIV', 'DELIVRD', 'DELIVRD'].map((stat) => book.read(receipt(id, stat))?.state);
    expect(states).to.deep.equal(['failed', undefined, 'delivered', undefined]);
  });

  it('tells it again if the SMSC gives an id anew', () => {
    const book = new DeliveryReceipts('text');
    for (const _ of ['one', 'another']) {
      book.enter('1', NUMBER);
      expect(book.read(receipt('1', 'DELIVRD'))).to.include({ messageId: '1', state: 'delivered' });
    }
  });

  it('tells of messages that it does not know: they are of another process', () => {
    expect(new DeliveryReceipts('auto').read(receipt('77', 'DELIVRD'))).to.include({ messageId: '77' });
  });

  it('knows for ten minutes to whom a message was rejected, and not for other failures', () => {
    const book = new DeliveryReceipts('auto');
    book.enter('1', NUMBER);
    book.read(receipt('1', 'UNDELIV'));
    expect(book.hasRejected(NUMBER, Date.now())).to.equal(false);
    book.read(receipt('77', 'REJECTD'));
    expect(book.hasRejected(NUMBER, Date.now())).to.equal(false);
    book.enter('2', NUMBER);
    book.read(receipt('2', 'REJECTD'));
    expect(book.hasRejected(NUMBER, Date.now() + 9 * MINUTE)).to.equal(true);
    expect(book.hasRejected(NUMBER, Date.now() + 10 * MINUTE)).to.equal(false);
    expect(book.hasRejected('46701740606', Date.now())).to.equal(false);
  });
});

function delivery(fields: PduFields): Pdu {
  return decode(encode('deliver_sm', 1, { data_coding: 0, esm_class: 4, ...fields }));
}

function withText(text: string, encoding: BufferEncoding = 'latin1'): Pdu {
  return delivery({ short_message: Buffer.from(text, encoding) });
}

function textOf(id: string, stat: string, err = '000'): string {
  return `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:${stat} err:${err} text:code`;
}

describe('receipt', () => {
  it('is read from its text', () => {
    expect(readReceipt(withText(textOf('A1b2', 'DELIVRD')))).to.deep.equal({ messageId: 'a1b2', state: 'delivered' });
  });

  it('is read from its optional parameters first', () => {
    const pdu = delivery({
      short_message: Buffer.from(textOf('other', 'DELIVRD')),
      receipted_message_id: ' A1 ',
      message_state: 5,
    });
    expect(readReceipt(pdu)).to.deep.equal({ messageId: 'a1', state: 'failed', reason: 'UNDELIV' });
  });

  it('is none if the id is longer than an id can be', () => {
    for (const id of ['f'.repeat(66), '9'.repeat(60_000)]) {
      expect(readReceipt(delivery({ receipted_message_id: id, message_state: 2 }))).to.equal(undefined);
    }
    expect(readReceipt(delivery({ receipted_message_id: 'f'.repeat(64), message_state: 2 }))).to.not.equal(undefined);
  });

  it('is read from the optional parameters of a data_sm', () => {
    const pdu = decode(encode('data_sm', 1, { receipted_message_id: 'a1', message_state: 2 }));
    expect(readReceipt(pdu)).to.deep.equal({ messageId: 'a1', state: 'delivered' });
  });

  for (const [stat, state] of [
    ['DELIVRD', 'delivered'],
    ['EXPIRED', 'failed'],
    ['UNDELIV', 'failed'],
    ['DELETED', 'failed'],
    ['REJECTD', 'failed'],
    ['SKIPPED', 'failed'],
    ['UNKNOWN', 'unknown'],
    ['undeliverable', 'failed'],
  ] as const) {
    it(`takes ${stat} for ${state}`, () => {
      expect(readReceipt(withText(textOf('1', stat)))?.state).to.equal(state);
    });
  }

  for (const stat of ['ENROUTE', 'SCHEDULED', 'ACCEPTD', 'BUFFERED']) {
    it(`does not report ${stat}, which is not final`, () => {
      expect(readReceipt(withText(textOf('1', stat)))).to.equal(undefined);
    });
  }

  it('gives the error code as the reason, and never the text', () => {
    expect(readReceipt(withText(textOf('1', 'UNDELIV', '01B')))?.reason).to.equal('UNDELIV 01B');
    expect(readReceipt(withText('id:1 stat:EXPIRED Text: err:123456'))?.reason).to.equal('EXPIRED');
  });

  it('is read though ASCII is labelled UCS-2, or comes as UCS-2', () => {
    const labelled = delivery({ data_coding: 8, short_message: Buffer.from(textOf('1', 'DELIVRD')) });
    const wide = delivery({ short_message: Buffer.from('id:1 stat:DELIVRD', 'utf16le').swap16() });
    expect(readReceipt(labelled)?.state).to.equal('delivered');
    expect(readReceipt(wide)?.state).to.equal('delivered');
  });

  it('is read with spaces, in another case and in another order', () => {
    const pdu = withText('STAT: DELIVRD ID: 12');
    expect(readReceipt(pdu)).to.deep.equal({ messageId: '12', state: 'delivered' });
  });

  it('is not what a person writes', () => {
    const pdu = delivery({ esm_class: 0, short_message: Buffer.from(textOf('1', 'DELIVRD')) });
    expect(readReceipt(pdu)).to.equal(undefined);
  });

  it('is nothing without an id', () => {
    expect(readReceipt(withText('stat:DELIVRD'))).to.equal(undefined);
  });
});

const toHex = (decimal: string): string => BigInt(decimal).toString(16);
const number = fc.bigInt({ min: 10n ** 9n, max: 10n ** 18n }).map(String);

describe('the ids of messages', () => {
  it('as text are left as they are', () => {
    const ids = new MessageIds('text');
    expect(ids.ofAnswer('0012')).to.equal('0012');
    expect(ids.ofReceipt('12')).to.equal('12');
    expect(ids.ofReceipt('0a')).to.equal('0a');
  });

  it('as decimals are equal but for leading zeros', () => {
    const ids = new MessageIds('decimal');
    expect(ids.ofAnswer('0012')).to.equal(ids.ofReceipt('000000000012'));
    expect(ids.ofAnswer('0')).to.equal(ids.ofReceipt('000'));
    expect(ids.ofAnswer('00ab')).to.equal('00ab');
  });

  it('as hexadecimal are those of the answers, if receipts have decimals', () => {
    const ids = new MessageIds('hex');
    expect(ids.ofAnswer('0001e240')).to.equal(ids.ofReceipt('0000123456'));
    expect(ids.ofReceipt('1e240')).to.equal(ids.ofAnswer('1e240'));
    expect(ids.ofReceipt('no-number')).to.equal(ids.ofAnswer('no-number'));
  });

  describe('if they are to be learned,', () => {
    it('are the answer’s for every receipt that follows it, whatever the form: hexadecimal, decimal, zeros before it', () => {
      const forms: readonly [(id: string) => string, (id: string) => string][] = [
        [(id) => id, (id) => id],
        [toHex, (id) => id],
        [(id) => id, toHex],
        [(id) => toHex(id).padStart(16, '0'), (id) => id.padStart(10, '0')],
        [(id) => id.padStart(24, '0'), (id) => id],
        [(id) => id, (id) => id.padStart(24, '0')],
        [(id) => `sms-${id}`, (id) => `sms-${id}`],
      ];
      for (const [answered, reported] of forms) {
        fc.assert(
          fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (messages) => {
            const ids = new MessageIds('auto');
            const answers = messages.map((id) => ids.ofAnswer(answered(id)));
            expect(messages.map((id) => ids.ofReceipt(reported(id)))).to.deep.equal(answers);
          }),
          { numRuns: 50 },
        );
      }
    });

    it('are told also of messages that another process sent, once it is known how', () => {
      const ids = new MessageIds('auto');
      expect(ids.ofReceipt('1234567890')).to.equal('1234567890');
      ids.ofAnswer(toHex('9876543210'));
      expect(ids.ofReceipt('9876543210')).to.equal(toHex('9876543210'));
      expect(ids.ofReceipt('1234567890')).to.equal(toHex('1234567890'));
    });

    it('may be small numbers that could be meant both ways', () => {
      const ids = new MessageIds('auto');
      const numbers = Array.from({ length: 300 }, (_, index) => String(index + 1));
      for (const message of numbers) expect(ids.ofAnswer(toHex(message))).to.equal(ids.ofReceipt(message));
      expect(numbers.filter((message) => ids.ofReceipt(message) !== toHex(message))).to.deep.equal([]);
    });

    it('are what most receipts say: one that fits by chance decides nothing', () => {
      const ids = new MessageIds('auto');
      ids.ofAnswer('500');
      expect(ids.ofReceipt('500')).to.equal('500');
      for (const message of ['1001', '1002', '1003']) {
        ids.ofAnswer(toHex(message));
        ids.ofReceipt(message);
      }
      expect(ids.ofReceipt('2000')).to.equal(toHex('2000'));
    });

    it('are remembered for the last thousand only', () => {
      const ids = new MessageIds('auto');
      ids.ofAnswer('00ab');
      expect(ids.ofReceipt('ab')).to.equal('00ab');
      for (let id = 10 ** 6; id < 10 ** 6 + 1000; id += 1) ids.ofAnswer(String(id));
      expect(ids.ofReceipt('ab')).to.equal('ab');
    });
  });
});
