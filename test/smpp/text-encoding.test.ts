import { expect } from 'chai';
import fc from 'fast-check';
import { countSegments } from '../../lib/domain/gsm.ts';
import { readPart } from '../../lib/simulator/smsc/text.ts';
import { decode, encode } from '../../lib/smpp/pdu.ts';
import { encodeText } from '../../lib/smpp/text-encoding.ts';

function bytesOf(text: string): Buffer[] {
  return encodeText(text).map(({ short_message }) => Buffer.from(short_message as Buffer));
}

function readBack(text: string): string {
  return encodeText(text)
    .map((fields) => readPart(decode(encode('submit_sm', 1, { ...fields }))).text)
    .join('');
}

const GSM = fc.string({ unit: fc.constantFrom(...'aZ09 @£€[]{}\n\r\fÅ|~^\\'), maxLength: 400 });
const ANY = fc.string({ unit: 'grapheme', maxLength: 200 });

describe('text encoding', () => {
  it('sends GSM 03.38 as one septet a byte, data coding 0', () => {
    const [fields] = encodeText('@A€');
    expect(fields).to.deep.equal({ data_coding: 0, esm_class: 0, short_message: Buffer.from([0, 0x41, 0x1b, 0x65]) });
  });

  it('sends what is not in that alphabet as UCS-2, data coding 8, and nothing as @', () => {
    const [fields] = encodeText('Код');
    const bytes = Buffer.from([0x04, 0x1a, 0x04, 0x3e, 0x04, 0x34]);
    expect(fields).to.deep.equal({ data_coding: 8, esm_class: 0, short_message: bytes });
  });

  it('sends 160 septets, or 70 units, whole', () => {
    expect(bytesOf('a'.repeat(160))).to.have.lengthOf(1);
    expect(bytesOf('€'.repeat(80))).to.have.lengthOf(1);
    expect(bytesOf('я'.repeat(70))).to.have.lengthOf(1);
  });

  it('joins parts by a user data header', () => {
    const parts = encodeText('a'.repeat(161));
    const [one, two] = bytesOf('a'.repeat(161));
    expect(parts.map(({ esm_class }) => esm_class)).to.deep.equal([0x40, 0x40]);
    expect(one?.subarray(0, 3)).to.deep.equal(Buffer.from([5, 0, 3]));
    expect(one?.subarray(4, 6)).to.deep.equal(Buffer.from([2, 1]));
    expect(two?.subarray(4, 6)).to.deep.equal(Buffer.from([2, 2]));
    expect([one?.length, two?.length]).to.deep.equal([6 + 153, 6 + 8]);
  });

  it('cuts no character in two', () => {
    expect(bytesOf(`${'a'.repeat(152)}€${'a'.repeat(20)}`).map(({ length }) => length - 6)).to.deep.equal([152, 22]);
    expect(bytesOf(`${'я'.repeat(66)}😀${'я'.repeat(20)}`).map(({ length }) => length - 6)).to.deep.equal([132, 44]);
  });

  it('can be read back', () => {
    fc.assert(fc.property(fc.oneof(GSM, ANY), (text) => readBack(text) === text));
  });

  it('takes as many parts as the segments that are counted before', () => {
    fc.assert(fc.property(fc.oneof(GSM, ANY), (text) => encodeText(text).length === countSegments(text)));
  });

  it('has no part longer than an SMS', () => {
    fc.assert(fc.property(fc.oneof(GSM, ANY), (text) => bytesOf(text).every(({ length }) => length <= 160)));
  });

  it('refuses a text of more than 255 parts', () => {
    expect(() => encodeText('a'.repeat(153 * 255 + 1))).to.throw(RangeError);
  });
});
