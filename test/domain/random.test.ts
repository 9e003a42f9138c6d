import { expect } from 'chai';
import { randomBuffer, randomText } from '../../lib/domain/keyring.ts';

describe('random bytes', () => {
  it('are as many as were asked for, and never the same', () => {
    const texts = Array.from({ length: 2_000 }, () => randomText(16));
    expect(new Set(texts).size).to.equal(texts.length);
    for (const text of texts) expect(text).to.match(/^[\w-]{22}$/);
  });

  it('stay as they are when others are drawn', () => {
    const first = randomBuffer(12);
    const copy = Buffer.from(first);
    for (let drawn = 0; drawn < 1_000; drawn += 1) randomBuffer(64);
    expect(first.equals(copy)).to.equal(true);
    expect(first.equals(Buffer.alloc(12))).to.equal(false);
  });
});
