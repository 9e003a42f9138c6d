import { expect } from 'chai';
import { guidBytes, guidText } from '../../lib/ldap/id-attribute.ts';

const BYTES = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const TEXT = '33221100-5544-7766-8899-aabbccddeeff';

describe('a GUID', () => {
  it('is shown as Active Directory’s own tools show it', () => {
    expect(guidText(BYTES)).to.equal(TEXT);
    expect(guidText(BYTES.subarray(1))).to.equal(undefined);
  });

  it('is read from that text, in any case, and from no other', () => {
    expect(guidBytes(TEXT)?.equals(BYTES)).to.equal(true);
    expect(guidBytes(TEXT.toUpperCase())?.equals(BYTES)).to.equal(true);
    for (const text of ['', `{${TEXT}}`, `${TEXT}0`, TEXT.replaceAll('-', ''), `${TEXT}\n`, 'ada']) {
      expect(guidBytes(text), text).to.equal(undefined);
    }
  });
});
