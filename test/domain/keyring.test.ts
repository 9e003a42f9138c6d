import { createHash, hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { isSameText, Keyring } from '../../lib/domain/keyring.ts';

const SECRET = 'a secret for tests that is long enough';
const NEWER = 'a newer secret for tests, long enough';
const keyring = new Keyring('one', [SECRET]);
const [ID, KEY, TEXT] = ['an id of 128 bits', 'one:si:key', '{"number":"+46701740605"}'];

describe('the keyring', () => {
  it('derives keys as HKDF does', () => {
    const facts = ['one', 'code', 'ada', ''].map((fact) => `\0\0\0${String.fromCharCode(fact.length)}${fact}`);
    const info = createHash('sha256').update(facts.join('')).digest();
    const expected = Buffer.from(hkdfSync('sha256', SECRET, '', info, 32));
    expect(Buffer.from(keyring.deriveKey(keyring.newest, 'code', 'ada', '') ?? [])).to.deep.equal(expected);
  });

  it('gives the same hash again, also after many others', () => {
    const first = keyring.hash('number', 'ada');
    const others = Array.from({ length: 3000 }, (_, place) => keyring.hash('number', `person ${place}`));
    expect(new Set([first, ...others])).to.have.length(3001);
    expect(keyring.hash('number', 'ada')).to.equal(first);
    expect(new Keyring('one', [SECRET]).hash('number', 'ada')).to.equal(first);
  });

  it('never takes two lists of facts for one, however they are cut', () => {
    const keys = [['a', 'b'], ['ab'], ['a', '', 'b'], ['a","b'], ['a,b']].map((facts) =>
      keyring.hash('number', ...facts),
    );
    expect(new Set(keys)).to.have.length(5);
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (left, right) => {
        const isSame = left.length === right.length && left.every((fact, index) => fact === right[index]);
        expect(keyring.hash('k', ...left) === keyring.hash('k', ...right)).to.equal(isSame);
      }),
    );
  });

  it('derives from the newest secret and still knows the others', () => {
    const rotated = new Keyring('one', [NEWER, SECRET]);
    expect(rotated.newest).to.not.equal(keyring.newest);
    expect(rotated.deriveKey(keyring.newest, 'code', 'id')).to.deep.equal(
      keyring.deriveKey(keyring.newest, 'code', 'id'),
    );
    expect(new Keyring('one', [NEWER]).deriveKey(keyring.newest, 'code', 'id')).to.equal(undefined);
  });

  it('names subjects and numbers by the oldest secret, so that all processes of a rotation agree', () => {
    const rotated = new Keyring('one', [NEWER, SECRET]);
    expect(rotated.tagOf('ada')).to.equal(keyring.tagOf('ada'));
    expect(rotated.hash('number', 'ada')).to.equal(keyring.hash('number', 'ada'));
    expect(rotated.otherTagsOf('ada')).to.deep.equal([new Keyring('one', [NEWER]).tagOf('ada')]);
    expect(keyring.otherTagsOf('ada')).to.deep.equal([]);
  });

  it('never has a name or a number in a hash, a tag, a pseudonym or a key of a record', () => {
    expect(keyring.hash('number', '+46701740605')).to.match(/^[\w-]{22}$/);
    expect(keyring.tagOf('ada')).to.match(/^[\w-]{16}$/);
    expect(keyring.pseudonym('+46701740605')).to.match(/^[\w-]{16}$/);
    expect(keyring.idKey('si', ID)).to.match(/^one:si:[\w-]{32}$/);
  });

  it('names a record without a secret: after a rotation it is found under the same key', () => {
    expect(new Keyring('one', [NEWER]).idKey('si', ID)).to.equal(keyring.idKey('si', ID));
    expect(new Keyring('two', [SECRET]).idKey('si', ID)).to.not.equal(keyring.idKey('si', ID));
  });

  it('needs a secret', () => {
    expect(() => new Keyring('a', [])).to.throw(RangeError);
  });

  it('compares texts as a whole', () => {
    expect(isSameText('012345', '012345')).to.equal(true);
    expect(isSameText('12345', '012345')).to.equal(false);
    expect(isSameText('012346', '012345')).to.equal(false);
  });
});

describe('what the keyring has sealed', () => {
  const sealed = keyring.seal(ID, KEY, TEXT);

  it('is opened by the id, under its key, also after a rotation', () => {
    expect(keyring.open(ID, KEY, sealed)).to.equal(TEXT);
    expect(new Keyring('one', [NEWER, SECRET]).open(ID, KEY, sealed)).to.equal(TEXT);
  });

  it('is another text each time', () => {
    expect(keyring.seal(ID, KEY, TEXT)).to.not.equal(sealed);
  });

  it('shows nothing of its text', () => {
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).to.not.include('4670');
    expect(sealed).to.not.include('4670');
  });

  for (const [what, open] of [
    ['with the secret alone: another id', () => keyring.open('another id', KEY, sealed)],
    ['without the id', () => keyring.open('', KEY, sealed)],
    ['under another key', () => keyring.open(ID, 'one:si:other', sealed)],
    ['with the id alone: another secret', () => new Keyring('one', [NEWER]).open(ID, KEY, sealed)],
    ['by another instance with the same secret', () => new Keyring('two', [SECRET]).open(ID, KEY, sealed)],
    ['if a secret of the list is named that did not seal it', () => renamed()],
    ['if it is cut off', () => keyring.open(ID, KEY, sealed.slice(0, 30))],
    ['if it is empty', () => keyring.open(ID, KEY, '')],
    ['if its last character was changed', () => keyring.open(ID, KEY, flip(sealed, sealed.length - 2))],
    ['if its first byte was changed', () => keyring.open(ID, KEY, flip(sealed, 17))],
  ] as const) {
    it(`cannot be opened ${what}`, () => expect(open()).to.equal(undefined));
  }

  function renamed(): string | undefined {
    const both = new Keyring('one', [NEWER, SECRET]);
    return both.open(ID, KEY, both.newest + sealed.slice(both.newest.length));
  }
});

function flip(text: string, place: number): string {
  return text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1);
}
