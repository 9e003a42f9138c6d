import { expect } from 'chai';
import fc from 'fast-check';
import { encode } from '../../lib/smpp/pdu.ts';
import { readSmppOptions } from '../../lib/smpp/smpp-schema.ts';
import { SubmitSmEncoder, SubmitTerms, validityPeriod } from '../../lib/smpp/submit-sm.ts';

const byte = fc.nat(0xff);

function text(maxLength: number) {
  return fc.string({ unit: 'grapheme-ascii', maxLength });
}

const sender = fc.record({
  service_type: text(5),
  source: fc.record({ address: text(20), ton: byte, npi: byte }),
  destination: fc.record({ ton: byte, npi: byte }),
  tlvs: fc.constant({}),
});

const fields = fc.record({
  destination_addr: text(20),
  esm_class: byte,
  priority_flag: byte,
  validity_period: fc.constantFrom('', '000000000500000R', '261231235930000+'),
  registered_delivery: byte,
  data_coding: byte,
  short_message: fc.uint8Array({ maxLength: 255 }).map((bytes) => Buffer.from(bytes)),
  tlvs: fc.constant(Buffer.alloc(0)),
});

describe('the encoder of submit_sm', () => {
  it('gives the same bytes as the package, and no more than it has said', () => {
    fc.assert(
      fc.property(fc.nat(0x7fff_ffff), fc.nat(20), sender, fields, (sequence, start, constants, own) => {
        const { service_type, source, destination } = constants;
        const expected = encode('submit_sm', sequence, {
          ...own,
          service_type,
          source_addr: source.address,
          source_addr_ton: source.ton,
          source_addr_npi: source.npi,
          dest_addr_ton: destination.ton,
          dest_addr_npi: destination.npi,
        });
        const encoder = new SubmitSmEncoder(constants);
        const bytes = Buffer.alloc(start + encoder.mostBytes);
        const end = encoder.write(bytes, start, sequence, own);
        expect(bytes.toString('hex', start, end)).to.equal(expected.toString('hex'));
      }),
    );
  });
});

const NOW = Date.UTC(2026, 11, 31, 23, 58, 30, 900);

describe('a validity period', () => {
  for (const [seconds, period] of [
    [300, '000000000500000R'],
    [20.9, '000000000020000R'],
    [599.999, '000000000959000R'],
    [3661, '000000010101000R'],
    [864_000, '000000235959000R'],
    [-0.5, '000000000000000R'],
    [-61, '000000000000000R'],
  ] as const) {
    it(`is ${period} if the code lives ${seconds} seconds: never more, and never a day`, () => {
      expect(validityPeriod(seconds * 1000, 'relative', NOW)).to.equal(period);
    });
  }

  it('is a time in UTC, never after the code has died, on any day', () => {
    expect(validityPeriod(60_000, 'absolute', NOW)).to.equal('261231235930000+');
    expect(validityPeriod(89_099, 'absolute', NOW)).to.equal('261231235959000+');
    expect(validityPeriod(89_100, 'absolute', NOW)).to.equal('270101000000000+');
    expect(validityPeriod(864_000_000, 'absolute', NOW)).to.equal('270110235830000+');
  });

  it('is written for a code that has died, too', () => {
    const [smsc] = readSmppOptions({ smscs: ['smpp://127.0.0.1'], source: 'Example' }).smscs;
    if (smsc === undefined) throw new Error('There is no SMSC.');
    expect(new SubmitTerms(smsc, 5000).validityPeriod(400, NOW)).to.equal('000000000000000R');
  });

  it('is empty if the SMSC is to be told nothing', () => {
    expect(validityPeriod(300_000, 'none', NOW)).to.equal('');
  });
});
