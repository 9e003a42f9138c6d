import { expect } from 'chai';
import { readMessage } from '../../lib/smpp/submit.ts';

const NOW = Date.UTC(2026, 0, 1);

function read(seconds: number, to = '+46701740605') {
  return readMessage({ to, text: 'code', expiresAt: new Date(NOW + seconds * 1000) }, NOW);
}

describe('a message as it is submitted', () => {
  it('goes to its number without the plus, and dies with its code', () => {
    expect(read(300)).to.include({ recipient: '46701740605', expiresAt: NOW + 300_000 });
  });

  for (const seconds of [19.999, 0, -300, Number.NaN]) {
    it(`is refused if the code lives ${seconds} seconds`, () => {
      expect(() => read(seconds)).to.throw('The message lives less than 20 seconds from now.');
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
    it(`is refused for the number ${JSON.stringify(to)}`, () => {
      expect(() => read(300, to)).to.throw('The phone number is not E.164.');
    });
  }
});
