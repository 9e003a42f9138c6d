import { expect } from 'chai';
import { en } from '../../lib/locales/en.ts';
import { fill, inOneLine, inWords, pluralForm } from '../../lib/pages/words.ts';

describe('the words of a page', () => {
  it('are filled in once, and keep together what is filled in', () => {
    expect(fill('To {phone}, {phone} {other}', { phone: '{other} 0605' })).to.equal(
      'To {other}\u00a00605, {other}\u00a00605 {other}',
    );
  });

  for (const [seconds, words] of [
    [1, '1 second'],
    [119, '119 seconds'],
    [120, '2 minutes'],
    [121, '3 minutes'],
    [7200, '2 hours'],
    [86_399, '24 hours'],
  ] as const) {
    it(`call ${seconds} s ${words}`, () => {
      expect(inWords(seconds, en)).to.equal(words);
    });
  }

  for (const [number, tag, text] of [
    [1, 'en', 'one'],
    [5, 'en', 'other'],
    [0, 'fr', 'one'],
    [2, 'ar', 'two'],
    [3, 'ar', 'few'],
    [11, 'ar', 'other'],
    [2, 'ja', 'other'],
  ] as const) {
    it(`have the form ${text} for ${number} in ${tag}`, () => {
      const forms = { one: 'one', two: 'two', few: 'few', other: 'other' };
      expect(pluralForm(forms, number, { ...en, tag })).to.equal(text);
    });
  }

  it('are counted as in English if nobody knows how the language counts', () => {
    expect(inWords(300, { ...en, tag: 'tlh' })).to.equal('5 minutes');
    expect(pluralForm({ one: 'one', other: 'other' }, 1, { ...en, tag: 'tlh' })).to.equal('one');
  });

  it('know how other languages count', () => {
    expect(inWords(300, { ...en, tag: 'sv' })).to.equal('5 minuter');
  });

  it('have one kind of digits, those of the code', () => {
    for (const tag of ['ar', 'ar-EG', 'hi', 'fa', 'mr'])
      expect(inWords(300, { ...en, tag }), tag).to.match(/^5\P{Nd}/u);
  });

  it('stand after each other as sentences of the language do', () => {
    expect(inOneLine(['A.', 'B.'], en)).to.equal('A. B.');
    expect(inOneLine(['甲。', '乙。'], { ...en, tag: 'zh-Hant' })).to.equal('甲。乙。');
  });
});
