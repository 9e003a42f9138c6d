import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { deriveCode, readCode } from '../../lib/domain/challenge.ts';
import { Keyring } from '../../lib/domain/keyring.ts';
import { codeOf, createRig, type Rig, SECRET, wrong } from '../support/rig.ts';
import { READABLE, UNREADABLE } from '../support/typed-codes.ts';
import { expectUntold } from '../support/untold.ts';

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

/** Everything that the shared state holds, as text. */
function dumpOf({ state }: Rig): string {
  return JSON.stringify([...state.entries]);
}

describe('a challenge', () => {
  it('has its facts, and is over with the life of its code', async () => {
    const { loggedIn, clock } = createRig({ codeTtlSeconds: 60 });
    const jar = await loggedIn();
    const challenge = await jar.challenge();
    const facts = { number: '+46701740605', purpose: 'sign-in', generation: 0, attempts: 0, sends: 1 };
    expect(challenge).to.include({ ...facts, endsAt: clock.now() + 60_000, resendAt: clock.now() + 30_000 });
    expect(Buffer.from(challenge.bits, 'base64url')).to.have.length(16);
    clock.advance(60);
    expect((await jar.look()).challenge).to.equal(undefined);
  });

  it('is no code that anybody could read in the shared state, nor a hash of it, a number or a name', async () => {
    const rig = createRig({ limits: { smsPerDay: 100 } });
    const jar = await rig.loggedIn();
    const code = rig.transport.lastCode();
    const { bits } = await jar.challenge();
    await codeOf(jar.enter(wrong(code), true));
    await rig.browser().begin('ada');
    await codeOf(rig.browser().login('grace', 'wrong'));
    const dump = dumpOf(rig);
    const { id = '' } = jar.ref ?? {};
    expectUntold(dump, code, bits, id, 'lovelace', 'Ada', 'id-ada', 'grace', '46701740605', '0605');
    // A thief would hash all codes, and would stop at the right one: it is enough to look for that.
    for (const text of [code, bits + code, code + bits, `${bits}:${code}`, `${code}:${bits}`]) {
      const hash = createHash('sha256').update(text).digest();
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        expect(dump.toLowerCase()).to.not.include(hash.toString(encoding).toLowerCase());
      }
    }
  });

  it('cannot be opened with a dump and the secret, without the id that the session holds', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    const thief = createRig({ secret: SECRET }, rig);
    const words = [...new Set(dumpOf(rig).match(/[\w-]{16,}/g) ?? [])];
    const records = [...rig.state.entries].filter(([key]) => key.includes(':si:'));
    expect(records).to.have.length(1);
    for (const [key, entry] of records) {
      const sealed = 'value' in (entry as object) ? String((entry as { value: string }).value) : String(entry);
      for (const word of words) expect(thief.keyring.open(word, key, sealed)).to.equal(undefined);
      expect(thief.keyring.open(jar.ref?.id ?? '', key, sealed)).to.include('46701740605');
    }
  });

  it('is kept under keys that name nobody, as everything else in the shared state is', async () => {
    const rig = createRig({ limits: { smsPerDay: 100 } });
    const jar = await rig.loggedIn();
    await codeOf(rig.browser().login('ada', 'wrong'));
    await rig.deliveries.receive({ smsc: 'test', messageId: '1', state: 'delivered' });
    await codeOf(jar.enter(wrong(rig.transport.lastCode())));
    await jar.enter(rig.transport.lastCode());
    const keys = [...rig.state.entries.keys()];
    expect(keys.length).to.be.greaterThan(10);
    for (const key of keys) expect(key).to.match(/^smsOtp:[a-z]{2,3}:(?:all|[\w-]{12,32}(?:\.[\w-]+)*)(?::\w+)?$/);
  });
});

describe('a clock of the shared state that is set back', () => {
  it('ends a code at once that would live for an hour more, and the next one is as good as any', async () => {
    const rig = createRig();
    const jar = await rig.loggedIn();
    const code = rig.transport.lastCode();
    rig.clock.advance(-3600);
    expect(await codeOf(jar.enter(code))).to.equal('CODE_EXPIRED');
    expect((await jar.look()).stage).to.equal('send');
    await jar.send();
    expect(await codeOf(jar.enter(code))).to.equal('INVALID_CODE');
    await jar.enter(rig.transport.lastCode());
    expect((await jar.look()).stage).to.equal('verified');
  });

  it('by less than a minute ends none, not even one that lives for ten', async () => {
    const rig = createRig({ codeTtlSeconds: 600 });
    const jar = await rig.loggedIn();
    rig.clock.advance(-59);
    await jar.enter(rig.transport.lastCode());
    expect((await jar.look()).stage).to.equal('verified');
  });
});
