import { expect } from 'chai';
import {
  grantByCode,
  grantByExemption,
  grantWithout,
  isByCode,
  isDoneBy,
  isWithoutCode,
} from '../../lib/domain/grant.ts';

describe('a grant', () => {
  const user = { id: 'id-ada', username: 'ada', phoneNumbers: [] };
  const byCode = grantByCode(user, ['pwd'], 'smpp', 1_500);
  const exempt = grantByExemption(user, ['pwd'], 1_500);

  for (const [by, method] of [
    ['trustedBrowser', 'trusted-browser'],
    ['helpCode', 'help-code'],
    ['recoveryCode', 'recovery-code'],
  ] as const) {
    it(`by ${by} has no acr, and tells of nothing that was not there`, () => {
      const grant = grantWithout(by, user, ['pwd'], 1_500);
      expect(grant).to.deep.equal({ username: 'ada', amr: ['pwd', method], authTime: 1, by });
      expect([isDoneBy(grant), isByCode(grant), isWithoutCode(grant.amr)]).to.deep.equal([true, false, true]);
    });
  }

  it('by a code is one by SMS, and nothing in its place', () => {
    expect([isDoneBy(byCode), isByCode(byCode), isWithoutCode(byCode.amr)]).to.deep.equal([true, true, false]);
  });

  it('by an exemption leaves the code open', () => {
    expect([isDoneBy(exempt), isByCode(exempt), isWithoutCode(exempt.amr)]).to.deep.equal([false, false, false]);
    expect(isDoneBy(undefined)).to.equal(false);
  });
});
