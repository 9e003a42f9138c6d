import { createHash, hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import { Keyring } from '../../lib/domain/keyring.ts';

const SECRET = 'a secret for tests that is long enough';
const keyring = new Keyring('one', [SECRET]);

describe('the keyring', () => {
  it('derives keys as HKDF does', () => {
    const facts = ['one', 'code', 'ada', ''].map((fact) => `\0\0\0${String.fromCharCode(fact.length)}${fact}`);
    const info = createHash('sha256').update(facts.join('')).digest();
    const expected = Buffer.from(hkdfSync('sha256', SECRET, '', info, 32));
    expect(Buffer.from(keyring.deriveKey(keyring.newest, 'code', 'ada', '') ?? [])).to.deep.equal(expected);
  });

  it('gives a key for the shared state again, also after many others', () => {
    const first = keyring.stateKey('lock', 'ada');
    const others = Array.from({ length: 3000 }, (_, place) => keyring.stateKey('lock', `person ${place}`));
    expect(new Set([first, ...others])).to.have.length(3001);
    expect(keyring.stateKey('lock', 'ada')).to.equal(first);
    expect(new Keyring('one', [SECRET]).stateKey('lock', 'ada')).to.equal(first);
  });

  it('never takes two lists of facts for one', () => {
    const keys = [['a', 'b'], ['ab'], ['a', '', 'b'], ['a","b'], ['a,b']].map((facts) =>
      keyring.stateKey('lock', ...facts),
    );
    expect(new Set(keys)).to.have.length(5);
  });
});
