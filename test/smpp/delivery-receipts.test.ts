import { expect } from 'chai';
import { DeliveryReceipts, readReceipt } from '../../lib/smpp/delivery-receipts.ts';
import { decode, encode, type Pdu, type PduFields } from '../../lib/smpp/pdu.ts';

const NUMBER = '46701740605';
const MINUTE = 60_000;

/** @param number that the message was for */
function receipt(id: string, stat: string, number = ''): Pdu {
  const short_message = Buffer.from(`id:${id} stat:${stat} err:003`);
  return decode(encode('deliver_sm', 1, { esm_class: 4, source_addr: number, short_message }));
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

  it('keeps a long text together, however many receipts come for messages of others', () => {
    const book = new DeliveryReceipts('auto');
    book.expectPart('a1');
    book.enterParts(['a1', 'a2'], NUMBER, Date.now());
    for (let other = 0; other < 2000; other += 1) book.read(receipt(`b${other}`, 'DELIVRD'));
    expect(book.read(receipt('a1', 'DELIVRD'))).to.equal(undefined);
    expect(book.read(receipt('a2', 'DELIVRD'))).to.deep.equal({ messageId: 'a2', state: 'delivered' });
  });

  it('tells nobody of another person’s message if an SMSC gives all the same id', () => {
    const book = new DeliveryReceipts('auto');
    book.enter('0', NUMBER);
    book.enter('0', '46701740606');
    expect(book.read(receipt('0', 'UNDELIV', NUMBER))).to.equal(undefined);
    expect(book.read(receipt('0', 'UNDELIV'))).to.equal(undefined);
    expect(book.read(receipt('0', 'DELIVRD', '+46701740606'))).to.include({ state: 'delivered' });
    book.enter('0', '46701740607');
    expect(book.read(receipt('0', 'UNDELIV', NUMBER))).to.equal(undefined);
    expect(book.read(receipt('0', 'DELIVRD', '+46701740607'))).to.include({ state: 'delivered' });
  });

  it('keeps an id shared, whoever gets it again', () => {
    const [other, third] = ['46701740606', '46701740607'];
    const book = new DeliveryReceipts('auto');
    for (const number of [NUMBER, other, other]) book.enter('7', number);
    expect(book.read(receipt('7', 'UNDELIV', NUMBER))).to.equal(undefined);
    expect(book.read(receipt('7', 'DELIVRD', other))).to.include({ state: 'delivered' });
    book.enter('7', third);
    expect(book.read(receipt('7', 'UNDELIV', NUMBER))).to.equal(undefined);
    expect(book.read(receipt('7', 'DELIVRD', third))).to.include({ state: 'delivered' });
  });

  it('knows what a receipt is about by the id and the number, whatever their forms', () => {
    const book = new DeliveryReceipts('auto');
    book.enter('00ab', NUMBER);
    for (const number of [NUMBER, `+${NUMBER}`, '0701740605', '00701740605']) {
      expect(book.isAbout(receipt('ab', 'DELIVRD', number)), number).to.equal(true);
      expect(book.isAbout(receipt('171', 'DELIVRD', number)), number).to.equal(true);
    }
    for (const number of ['46701740606', '40605', '', undefined]) {
      expect(book.isAbout(receipt('ab', 'DELIVRD', number)), number).to.equal(false);
    }
    expect(book.isAbout(receipt('ac', 'DELIVRD', NUMBER))).to.equal(false);
    expect(book.isAbout(receipt('ab', 'ENROUTE', NUMBER))).to.equal(false);
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
    for (const id of ['f'.repeat(256), '9'.repeat(60_000)]) {
      expect(readReceipt(delivery({ receipted_message_id: id, message_state: 2 }))).to.equal(undefined);
    }
    expect(readReceipt(delivery({ receipted_message_id: 'f'.repeat(255), message_state: 2 }))).to.not.equal(undefined);
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

  for (const stat of ['ENROUTE', 'SCHEDULED', 'ACCEPTD', 'BUFFERED', 'BUFFRED', 'ACKED']) {
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

  it('is read behind a byte order mark', () => {
    const bytes = Buffer.from('\ufeffid:1 stat:DELIVRD', 'utf16le');
    for (const short_message of [bytes, Buffer.from(bytes).swap16()]) {
      expect(readReceipt(delivery({ data_coding: 8, short_message }))).to.include({ messageId: '1' });
    }
  });

  it('is read behind a header, and if one is announced and there is none', () => {
    const header = Buffer.from([5, 0, 3, 0x41, 1, 1]);
    for (const bytes of [header, Buffer.alloc(0)]) {
      const short_message = Buffer.concat([bytes, Buffer.from('id:1 stat:DELIVRD')]);
      expect(readReceipt(delivery({ esm_class: 0x44, short_message }))).to.include({ messageId: '1' });
    }
    expect(readReceipt(delivery({ esm_class: 0x44, short_message: '' }))).to.equal(undefined);
  });

  it('is read from message_payload if the short message is empty or a mere NUL', () => {
    const message_payload = Buffer.from(textOf('1', 'UNDELIV'));
    for (const short_message of [Buffer.alloc(0), Buffer.from([0]), Buffer.from(' ')]) {
      expect(readReceipt(delivery({ short_message, message_payload }))?.state).to.equal('failed');
    }
  });

  it('has its state in the last byte, in however many it is written', () => {
    const [header, tlvs] = [encode('deliver_sm', 1, { esm_class: 4 }), '001e000231000427000400000002'];
    const pdu = Buffer.concat([header, Buffer.from(tlvs, 'hex')]);
    pdu.writeUInt32BE(pdu.length);
    expect(readReceipt(decode(pdu))).to.deep.equal({ messageId: '1', state: 'delivered' });
  });

  it('is none if an intermediate notification tells of an attempt that failed', () => {
    const notify = (stat: string): Pdu =>
      delivery({ esm_class: 0x20, receipted_message_id: '1', short_message: Buffer.from(textOf('1', stat)) });
    expect(readReceipt(notify('RETRY'))).to.equal(undefined);
    expect(readReceipt(notify('UNDELIV'))).to.equal(undefined);
    expect(readReceipt(notify('DELIVRD'))?.state).to.equal('delivered');
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
