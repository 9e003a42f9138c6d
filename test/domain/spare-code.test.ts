import { expect } from 'chai';
import { readSymbols } from '../../lib/domain/spare-code.ts';

describe('a spare code as it is typed', () => {
  for (const [what, typed] of Object.entries({
    'its letters and digits': '7QK2M4XC01',
    'small letters in groups': '7qk2m 4xc01',
    'O for 0 and I or L for 1': '7QK2M-4XCOI',
    'a hyphen that does not break': '7QK2M\u20114XC01',
    'a minus sign': '7QK2M\u22124XC01',
    'a soft hyphen and marks of direction': '\u20667QK2M\u00ad4XC01\u2069',
    'digits of Arabic': '\u0667QK\u0662M-\u0664XC\u0660\u0661',
    'full-width signs': '\uff17\uff31\uff2b\uff12\uff2d\uff0d\uff14\uff38\uff23\uff10\uff11',
    'a full stop behind it': '7QK2M-4XC01.',
    'quotation marks': '“7QK2M-4XC01”',
  })) {
    it(`is read with ${what}`, () => {
      expect(readSymbols(typed)).to.equal('7QK2M4XC01');
    });
  }

  for (const typed of ['', '-.', '7QK2M-4XC0U', '7QK2M+4XC01', '7QK²M-4XC01', '①QK2M-4XC01', '7QK2M-4XC0Я']) {
    it(`is none as ${JSON.stringify(typed)}`, () => {
      expect(readSymbols(typed)).to.equal(undefined);
    });
  }
});
