import { expect } from 'chai';
import fc from 'fast-check';
import { encode } from '../../lib/smpp/codec.ts';
import { Framer } from '../../lib/smpp/framer.ts';

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
