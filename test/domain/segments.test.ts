import { expect } from 'chai';
import { countSegments } from '../../lib/domain/gsm.ts';

describe('the segments of a text', () => {
  for (const [text, segments] of [
    ['', 1],
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['я'.repeat(70), 1],
    ['я'.repeat(71), 2],
    ['я'.repeat(135), 3],
  ] as const) {
    it(`are ${segments} for ${text.length} × ${text.at(0) ?? 'nothing'}`, () => {
      expect(countSegments(text)).to.equal(segments);
    });
  }

  it('are one more if a character would be cut in two', () => {
    expect(countSegments('€'.repeat(153))).to.equal(3); // 306 septets, of which no part holds 153
    expect(countSegments('😀'.repeat(67))).to.equal(3); // 134 units, of which no part holds 67
  });
});
