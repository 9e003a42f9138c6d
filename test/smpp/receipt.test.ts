import { expect } from 'chai';
import { decode, encode, type Pdu, type PduFields } from '../../lib/smpp/codec.ts';
import { readReceipt } from '../../lib/smpp/receipt.ts';

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

  it('is none where the id is longer than an id can be', () => {
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
