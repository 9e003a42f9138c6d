import { expect } from 'chai';
import { gsmSeptets } from '../../lib/domain/gsm.ts';

describe('the GSM alphabet', () => {
  it('has two septets for what is in its extension, and none for what is in neither', () => {
    expect(gsmSeptets('@a€')).to.deep.equal([0, 97, 0x1b, 0x65]);
    expect(gsmSeptets('Код')).to.equal(undefined);
    expect(gsmSeptets('\u001b')).to.equal(undefined);
  });
});
