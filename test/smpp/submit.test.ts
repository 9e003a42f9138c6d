import { expect } from 'chai';
import { submitFields } from '../../lib/smpp/submit.ts';

const NOW = Date.UTC(2026, 0, 1);
const OPTIONS = {
  validityPeriod: 'relative' as const,
  source: { address: 'Example', ton: 5, npi: 0 },
  destination: { ton: 1, npi: 1 },
};

function fieldsOf(seconds: number, text = 'code', to = '+46701740605') {
  return submitFields({ to, text, expiresAt: new Date(NOW + seconds * 1000) }, OPTIONS, NOW);
}

describe('the fields of a submit', () => {
  for (const [seconds, period] of [
    [300, '000000000500000R'],
    [20.9, '000000000020000R'],
    [599.999, '000000000959000R'],
    [3661, '000000010101000R'],
    [10 * 24 * 3600, '000000235959000R'],
  ] as const) {
    it(`say ${period} where the code lives ${seconds} seconds: never more, and never a day`, () => {
      expect(fieldsOf(seconds)[0]?.validity_period).to.equal(period);
    });
  }

  it('have no time of their own for the delivery', () => {
    expect(fieldsOf(300)[0]).not.to.have.property('schedule_delivery_time');
  });

  for (const seconds of [19.999, 0, -300, Number.NaN]) {
    it(`are refused where the code lives ${seconds} seconds`, () => {
      expect(() => fieldsOf(seconds)).to.throw('The message lives less than 20 seconds from now.');
    });
  }

  for (const to of [
    '',
    '+',
    '+0701740605',
    '0701740605',
    '+46 70',
    '+46701740605\0',
    '+467O1740605',
    `+${'1'.repeat(16)}`,
  ]) {
    it(`are refused for the number ${JSON.stringify(to)}`, () => {
      expect(() => fieldsOf(300, 'code', to)).to.throw('The phone number is not E.164.');
    });
  }

  it('go to the same number in all parts', () => {
    const parts = fieldsOf(300, 'x'.repeat(400));
    expect(parts.map(({ destination_addr }) => destination_addr)).to.deep.equal(Array(3).fill('46701740605'));
  });
});
