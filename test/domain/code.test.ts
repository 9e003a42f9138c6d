import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { deriveCode, readCode } from '../../lib/domain/code.ts';
import { Keyring } from '../../lib/domain/keyring.ts';
import { READABLE, UNREADABLE } from '../support/typed-codes.ts';

const SECRET = 'x'.repeat(32);
const FACTS = ['id', 'sign-in', 'id-ada', '+46701740605'];

describe('a code', () => {
  it('is the HOTP of RFC 4226, appendix D', () => {
    const key = Buffer.from('12345678901234567890');
    const codes = Array.from({ length: 10 }, (_, counter) => deriveCode(key, counter, 6));
    expect(codes).to.deep.equal('755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' '));
  });

  it('is as likely as any other, in each of its places, zeros at its front among them', () => {
    const keyring = new Keyring('a', [SECRET]);
    const count = 100_000;
    const places = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
    for (let id = 0; id < count; id++) {
      const key = keyring.deriveKey(keyring.newest, 'code', String(id)) ?? new Uint8Array();
      for (const [place, digit] of [...deriveCode(key, 0, 6)].entries()) {
        const counts = places[place] ?? [];
        counts[Number(digit)] = (counts[Number(digit)] ?? 0) + 1;
      }
    }
    for (const counts of places) {
      const chiSquare = counts.reduce((sum, seen) => sum + (seen - count / 10) ** 2 / (count / 10), 0);
      // Nine degrees of freedom, p = 0.001. The same codes come in every run, so chance cannot break it.
      expect(chiSquare).to.be.lessThan(27.9);
    }
  }).timeout(60_000);

  it('is another one for each fact, each generation, each secret and each instance', () => {
    const derive = (secret: string, name: string, facts: readonly string[], generation: number): string => {
      const keyring = new Keyring(name, [secret]);
      const key = keyring.deriveKey(keyring.newest, 'code', ...facts);
      return key === undefined ? '' : Buffer.from(key).toString('hex') + deriveCode(key, generation, 8);
    };
    const codes = [
      derive(SECRET, 'a', FACTS, 0),
      derive(SECRET, 'a', FACTS, 1),
      derive(SECRET, 'b', FACTS, 0),
      derive('y'.repeat(32), 'a', FACTS, 0),
      ...FACTS.map((_, index) => derive(SECRET, 'a', FACTS.with(index, 'other'), 0)),
      derive(SECRET, 'a', ['idsign-in', '', 'id-ada', '+46701740605'], 0),
    ];
    expect(new Set(codes)).to.have.length(codes.length);
  });

  it('does not come from Math.random or the time', () => {
    const { random } = Math;
    Math.random = () => 0.5;
    try {
      expect(deriveCode(randomBytes(32), 0, 8)).to.not.equal(deriveCode(randomBytes(32), 0, 8));
    } finally {
      Math.random = random;
    }
  });

  for (const [how, typed] of Object.entries(READABLE)) {
    it(`is read with ${how}`, () => expect(readCode(typed, 6)).to.equal('012345'));
  }

  for (const [what, typed] of Object.entries(UNREADABLE)) {
    it(`is not read from ${what}`, () => expect(readCode(typed, 6)).to.equal(undefined));
  }

  it('is read from digits of each script that Unicode has', () => {
    const digits = Array.from({ length: 0x20000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((letter) => /\p{Nd}/u.test(letter));
    expect(digits.length).to.be.greaterThan(600);
    for (const [place, digit] of digits.entries()) {
      expect(readCode(digit.repeat(6), 6), digit).to.equal(String(place % 10).repeat(6));
    }
  });

  it('is never read as anything but its own digits', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const code = readCode(typed, 6);
        if (code !== undefined) expect(code).to.match(/^[0-9]{6}$/);
        if (/^[\x20-\x7e]*$/.test(typed) && code !== undefined) expect(code).to.equal(typed.replace(/\D/g, ''));
      }),
    );
  });
});
