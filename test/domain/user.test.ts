import { expect } from 'chai';
import { wishesOf } from '../../lib/domain/user.ts';

describe('the languages that a person wishes', () => {
  for (const [locale, wishes] of [
    [undefined, ['fr']],
    ['de', ['de', 'fr']],
    ['sv_SE.UTF-8', ['sv_SE.UTF-8', 'fr']],
    ['nn, nb;q=0.8, en;q=0.5', ['nn', 'nb', 'en', 'fr']],
    ['en;q=0.5,nb ; Q=0.8,nn', ['nn', 'nb', 'en', 'fr']],
    ['da;q=0, sv;q=0.1', ['sv', 'fr']],
    ['de;q=high, sv', ['sv', 'fr']],
    ['da;level=1', ['da', 'fr']],
  ] as const) {
    it(`are ${wishes.join(', ')} for ${locale ?? 'no language of their own'}, and then the browser's`, () => {
      expect(wishesOf(locale, ['fr'])).to.deep.equal(wishes);
    });
  }

  it('are read of a bounded part of a long value', () => {
    expect(wishesOf('a,'.repeat(100_000), []).length).to.be.below(600);
  });
});
