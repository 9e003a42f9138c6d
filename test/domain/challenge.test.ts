import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { codeOf, createRig, type Rig, SECRET, wrong } from '../support/rig.ts';

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
    for (const text of [code, bits, jar.ref?.id ?? '', 'lovelace', 'Ada', 'id-ada', 'grace', '46701740605', '0605']) {
      expect(dump).to.not.include(text);
    }
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
