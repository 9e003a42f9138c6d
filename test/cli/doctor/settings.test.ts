import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { examineSecrets } from '../../../lib/cli/doctor/settings.ts';
import { complaints } from '../../support/findings.ts';

const GOOD = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';

describe('the examination of secrets', () => {
  it('is content with what chance made, in base64 and in hexadecimal digits', () => {
    const made = (encoding: BufferEncoding) => Array.from({ length: 20 }, () => randomBytes(32).toString(encoding));
    const secrets = [...made('base64'), ...made('base64url'), ...made('hex')];
    expect(complaints([...examineSecrets(secrets)])).to.deep.equal([]);
  });

  for (const [title, secret] of [
    ['of one character', 'x'.repeat(64)],
    ['that repeats itself', 'x7Kq9w'.repeat(6)],
    ['that repeats words', 'at least 32 bytes at least 32 bytes'],
    ['that repeats itself with a rest', 'Zk3v9QmT7xLw-Zk3v9QmT7xLw-Zk3v9Q'],
    ['of few characters', 'aabbbaababbbabaaabbabbbabaabbbba'],
    ['with a word of samples', 'please-change-me-in-production-now'],
    ['with a row of digits', 'K8fw0Lp1234567890Zx5Rt7Vn3Bm6Qs'],
  ] as const) {
    it(`refuses one ${title}, and does not show it`, () => {
      const findings = [...examineSecrets([secret])];
      expect(complaints(findings)).to.deep.equal(['failed secret']);
      expect(JSON.stringify(findings)).to.not.contain(secret.slice(0, 12));
    });
  }

  it('tells which of several is weak', () => {
    expect(complaints([...examineSecrets([GOOD, 'x'.repeat(32)])])).to.deep.equal(['failed secret 2 of 2']);
  });
});
