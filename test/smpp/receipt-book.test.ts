import { expect } from 'chai';
import { decode, encode, type Pdu } from '../../lib/smpp/codec.ts';
import { ReceiptBook } from '../../lib/smpp/receipt-book.ts';

const NUMBER = '46701740605';
const MINUTE = 60_000;

function receipt(id: string, stat: string): Pdu {
  return decode(encode('deliver_sm', 1, { esm_class: 4, short_message: Buffer.from(`id:${id} stat:${stat} err:003`) }));
}

describe('the book of receipts', () => {
  it('tells each state of a message once, in the order in which they come', () => {
    const book = new ReceiptBook('auto');
    const id = book.enter('a1', NUMBER);
    const states = ['UNDELIV', 'UNDELIV', 'DELIVRD', 'DELIVRD'].map((stat) => book.read(receipt(id, stat))?.state);
    expect(states).to.deep.equal(['failed', undefined, 'delivered', undefined]);
  });

  it('tells it again where the SMSC gives an id anew', () => {
    const book = new ReceiptBook('text');
    for (const _ of ['one', 'another']) {
      book.enter('1', NUMBER);
      expect(book.read(receipt('1', 'DELIVRD'))).to.include({ messageId: '1', state: 'delivered' });
    }
  });

  it('tells of messages that it does not know: they are of another process', () => {
    expect(new ReceiptBook('auto').read(receipt('77', 'DELIVRD'))).to.include({ messageId: '77' });
  });

  it('knows for ten minutes to whom a message was rejected, and not for other failures', () => {
    const book = new ReceiptBook('auto');
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
