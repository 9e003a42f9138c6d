import { expect } from 'chai';
import fc from 'fast-check';
import { decode, encode, Framer } from '../../lib/smpp/pdu.ts';

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

function pduOfLength(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(length);
  return bytes;
}

describe('Framer', () => {
  it('gives the same PDUs however the bytes are cut', () => {
    const pdus = [encode('enquire_link', 1), encode('submit_sm_resp', 2, { message_id: 'abc' }), encode('unbind', 3)];
    const bytes = Buffer.concat(pdus);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const framer = new Framer();
        const edges = [0, ...cuts, bytes.length].sort((one, other) => one - other);
        const frames = edges.flatMap((end, index) => [...framer.push(bytes.subarray(edges[index - 1] ?? 0, end))]);
        expect(frames).to.deep.equal(pdus);
        expect(framer.isPartial).to.equal(false);
      }),
    );
  });

  it('knows when a PDU is not whole', () => {
    const framer = new Framer();
    expect([...framer.push(encode('unbind', 1).subarray(0, 15))]).to.deep.equal([]);
    expect(framer.isPartial).to.equal(true);
  });

  for (const length of [0, 1, 3, 4, 5, 15, 64 * 1024 + 1, 0xffff_ffff]) {
    it(`refuses a length of ${length}`, () => {
      expect(() => [...new Framer().push(pduOfLength(length))]).to.throw(`a PDU length of ${length} is not SMPP`);
    });
  }

  it('takes a PDU of 64 KiB', () => {
    const bytes = Buffer.concat([pduOfLength(64 * 1024), Buffer.alloc(64 * 1024 - 8)]);
    expect([...new Framer().push(bytes)]).to.have.lengthOf(1);
  });

  it('gives the PDUs before the bytes that are none', () => {
    const frames: Buffer[] = [];
    const push = (): void => {
      for (const frame of new Framer().push(Buffer.concat([encode('unbind', 1), pduOfLength(3)]))) frames.push(frame);
    };
    expect(push).to.throw();
    expect(frames).to.have.lengthOf(1);
  });

  it('tells a web server by its answer', () => {
    expect(() => [...new Framer().push(Buffer.from('HTTP/1.1 400 Bad Request\r\n'))]).to.throw('speaks HTTP');
  });
});
