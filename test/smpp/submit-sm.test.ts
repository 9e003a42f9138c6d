import { expect } from 'chai';
import fc from 'fast-check';
import { encode } from '../../lib/smpp/codec.ts';
import { encodeSubmitSm } from '../../lib/smpp/submit-sm.ts';

const byte = fc.nat(0xff);

function text(maxLength: number) {
  return fc.string({ unit: 'grapheme-ascii', maxLength });
}

const message = fc.record({
  source_addr_ton: byte,
  source_addr_npi: byte,
  source_addr: text(20),
  dest_addr_ton: byte,
  dest_addr_npi: byte,
  destination_addr: text(20),
  esm_class: byte,
  data_coding: byte,
  short_message: fc.uint8Array({ maxLength: 255 }).map((bytes) => Buffer.from(bytes)),
});
const delivery = fc.record({
  service_type: text(5),
  priority_flag: byte,
  validity_period: fc.constantFrom('', '000000000500000R', '261231235930000+'),
  registered_delivery: byte,
});

describe('the encoder of submit_sm', () => {
  it('gives the same bytes as the package', () => {
    fc.assert(
      fc.property(fc.nat(0x7fff_ffff), message, delivery, (sequence, ours, theirs) => {
        const expected = encode('submit_sm', sequence, { ...ours, ...theirs });
        expect(encodeSubmitSm(sequence, ours, theirs).toString('hex')).to.equal(expected.toString('hex'));
      }),
    );
  });
});
