import { expect } from 'chai';
import fc from 'fast-check';
import { isCountry, maskPhoneNumber, readPhoneNumber, readPhoneNumbers } from '../../lib/domain/phone-number.ts';

describe('a phone number', () => {
  for (const [value, expected] of [
    ['+46701740605', '+46701740605'],
    ['+46 70 174 06 05', '+46701740605'],
    ['+46 (0)70-174 06 05', '+46701740605'],
    ['0046 70 174 06 05', '+46701740605'],
    ['070-174 06 05', '+46701740605'],
    ['(070) 174 06 05', '+46701740605'],
    ['tel:+46701740605', '+46701740605'],
    ['TEL:+46-70-174-06-05', '+46701740605'],
    ['  +46701740605\u00a0', '+46701740605'],
    ['＋４６７０１７４０６０５', '+46701740605'],
    ['+44 7700 900123', '+447700900123'],
    ['+4407700900123', '+447700900123'],
    ['+882 16 12345678', '+8821612345678'],
    ['+46701740605 ext. 5', '+46701740605'],
    ['TRUE', undefined],
    ['', undefined],
    ['0', undefined],
    ['+', undefined],
    ['12', undefined],
    ['+1', undefined],
    ['+46701740605; +46701740606', undefined],
    ['+46701740605\u0000', undefined],
    [`+${'4'.repeat(40)}`, undefined],
  ] as const) {
    it(`is ${expected ?? 'nothing'} where the directory holds ${JSON.stringify(value.slice(0, 30))}`, () => {
      expect(readPhoneNumber(value, 'SE')).to.equal(expected);
    });
  }

  it('without a country code needs a default country', () => {
    expect(readPhoneNumber('070-174 06 05')).to.equal(undefined);
    expect(isCountry('SE')).to.equal(true);
    expect(isCountry('XX')).to.equal(false);
  });

  it('is E.164 or nothing, whatever the text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ()\-;a-z]{1,24}$/));
    fc.assert(
      fc.property(texts, (text) => {
        expect(readPhoneNumber(text, 'SE') ?? '+46701740605').to.match(/^\+[1-9]\d{6,14}$/);
      }),
    );
  });

  it('is shown by its last four digits', () => {
    expect(maskPhoneNumber('+46701740605')).to.equal('••• 0605');
  });

  it('is there once, however often and however it is written; what cannot be read is told by two digits', () => {
    const unreadable: string[] = [];
    const values = ['+46701740605', '070-174 06 05', 'TRUE', '+46701740606', '12345678901234567890'];
    const numbers = readPhoneNumbers(values, 'SE', (masked) => unreadable.push(masked));
    expect(numbers).to.deep.equal(['+46701740605', '+46701740606']);
    expect(unreadable).to.deep.equal(['••• ', '••• 90']);
  });
});
