import { expect } from 'chai';
import { countSegments, gsmSeptets } from '../../lib/domain/gsm-alphabet.ts';
import { en } from '../../lib/locales/en.ts';

const LAST_LINE = `\n\n@${'h'.repeat(40)} #12345678`;

describe('the English texts', () => {
  for (const purpose of ['sign-in', 'step-up', 'enroll', 'change'] as const) {
    const { full, short } = en.sms[purpose];

    it(`of the SMS for ${purpose} hold the code, and characters of one septet only`, () => {
      for (const text of [full, short]) {
        expect(text).to.include('{code}').and.include('{app}');
        const plain = text.replace(/\{(code|app|minutes)\}/g, '');
        expect(gsmSeptets(plain)).to.have.length(plain.length);
      }
    });

    it(`of the SMS for ${purpose} fit one segment in their short form, with the longest names`, () => {
      const sms = short.replace('{code}', '12345678').replace('{app}', 'A'.repeat(40)) + LAST_LINE;
      expect(countSegments(sms)).to.equal(1);
    });
  }

  it('say something of every error, in whole sentences', () => {
    for (const text of Object.values(en.errors)) expect(text).to.match(/^[A-Z].*\.$/);
  });
});
