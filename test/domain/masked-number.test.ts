import { expect } from 'chai';
import { Masks, maskPhoneNumber } from '../../lib/domain/masked-number.ts';

describe('a masked number', () => {
  it('shows its last four digits', () => {
    expect(maskPhoneNumber('+46701740605')).to.equal('••• 0605');
  });

  it('hides half of a short number at least', () => {
    for (const [number, mask] of [
      ['+298212345', '••• 345'],
      ['+3545551234', '••• 234'],
      ['+24740123', '••• 23'],
    ] as const) {
      expect(maskPhoneNumber(number)).to.equal(mask);
    }
  });

  it('names the country if it is not the default', () => {
    const masks = new Masks('SE');
    expect(masks.of('+46701740605')).to.equal('••• 0605');
    expect(masks.of('+4740612345')).to.equal('••• 2345 (NO)');
    expect(masks.of('+447700900123')).to.equal('••• 0123 (GB)');
    expect(masks.of('+8821612345678')).to.equal('••• 5678');
    expect(new Masks().of('+4740612345')).to.equal('••• 2345');
  });

  it('shows a digit more if that tells two numbers apart, and half stays hidden', () => {
    const numbers = ['+4915123450605', '+4915123460605', '+491713920001'];
    expect(numbers.map((number) => new Masks('DE').of(number, numbers))).to.deep.equal([
      '••• 50605',
      '••• 60605',
      '••• 0001',
    ]);
  });

  it('says its place if no digits may tell two numbers apart', () => {
    const numbers = ['+46701740605', '+46731230605', '+4790120605', '+4741230605'];
    expect(numbers.map((number) => new Masks('SE').of(number, numbers))).to.deep.equal([
      '••• 0605 (1)',
      '••• 0605 (2)',
      '••• 0605 (NO, 1)',
      '••• 0605 (NO, 2)',
    ]);
  });

  it('does not take one number shown twice for two', () => {
    expect(new Masks('SE').of('+46701740605', ['+46701740605', '+46701740605'])).to.equal('••• 0605');
  });
});
