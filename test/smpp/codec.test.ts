import { expect } from 'chai';
import fc from 'fast-check';
import { decode, encode } from '../../lib/smpp/codec.ts';

describe('codec', () => {
  it('leaves text as the bytes that came, whatever they claim to be', () => {
    const text = Buffer.from('id:1 stat:DELIVRD');
    const pdu = decode(encode('deliver_sm', 7, { esm_class: 4, data_coding: 8, short_message: text }));
    expect(pdu).to.include({ command: 'deliver_sm', isResponse: false, status: 0, sequence: 7 });
    expect(pdu.fields.short_message).to.deep.equal(text);
  });

  it('reads an answer without a body', () => {
    const pdu = decode(encode('submit_sm_resp', 7, {}, 0x58));
    expect(pdu).to.include({ command: 'submit_sm_resp', isResponse: true, status: 0x58, sequence: 7 });
    expect(pdu.fields).to.deep.equal({});
  });

  it('reads optional parameters, and leaves out one that runs over the end', () => {
    const bytes = encode('deliver_sm', 1, { receipted_message_id: 'abc', message_state: 2 });
    expect(decode(bytes).tlvs).to.deep.equal(
      new Map([
        [0x1e, Buffer.from('abc\0')],
        [0x427, Buffer.from([2])],
      ]),
    );
    expect(decode(bytes.subarray(0, -1)).tlvs).to.deep.equal(new Map([[0x1e, Buffer.from('abc\0')]]));
  });

  it('does not take a text that is cut short', () => {
    const bytes = encode('submit_sm_resp', 7, { message_id: 'abcdef' });
    expect(decode(bytes.subarray(0, -2)).command).to.equal('malformed');
  });

  it('names a command that SMPP does not have unknown', () => {
    const bytes = encode('enquire_link', 7);
    bytes.writeUInt32BE(0x0123_4567, 4);
    expect(decode(bytes)).to.include({ command: 'unknown', isResponse: false, sequence: 7 });
  });

  it('survives any bytes behind a header', () => {
    fc.assert(
      fc.property(fc.nat(0x120), fc.boolean(), fc.uint8Array({ maxLength: 80 }), (id, isResponse, body) => {
        const header = Buffer.alloc(16);
        header.writeUInt32BE(id + (isResponse ? 0x8000_0000 : 0), 4);
        expect(decode(Buffer.concat([header, body])).isResponse).to.equal(isResponse);
      }),
    );
  });
});
