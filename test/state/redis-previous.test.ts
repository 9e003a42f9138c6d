import { expect } from 'chai';
import type { SharedState } from '../../lib/domain/shared-state.ts';
import { redisState } from '../../lib/state/redis-state.ts';
import { useClosing } from '../support/closing.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { codeOf, createRig, type Rig, SECRET } from '../support/rig.ts';

/** As 0.1.0 names and writes them, for `id-ada` and the secret of the tests. */
const LOCK = 'smsOtp:lock:B2pU0bLV-KmNSO4fLEwkA_R61VT-lOMWkWLORWZtspI';
const UNLOCK = 'smsOtp:unlock:KI22s4iw47A5DZPBm0U-d5K7ZKEpVSJxjpyuuBAoZok';
const LOCK_AFTER_UNLOCK = 'smsOtp:lock:a1TZvz2g6ZKTKnbhlqQsBQI1uBe9d9XLmlVMFaxGrE0';
const MARK = 'mark-of-an-unlock';
const CHARGE = { charge: 'smsOtp:count', windowSeconds: 600, atMost: 5 } as const;

describe('a lock of 0.1.0', () => {
  const keep = useClosing();
  let redis: Redis;
  let client: Awaited<ReturnType<Redis['connect']>>;

  beforeEach(async function () {
    redis = keep(await startRedis(this));
    client = await redis.connect();
  });

  /** With the clock of the server. */
  function rigOf(options: Parameters<typeof createRig>[0] = {}): Rig {
    return createRig({ shared: redisState(client), ...options });
  }

  for (const [what, keys, isLocked] of [
    ['a lock', { [LOCK]: 'locked' }, true],
    ['an unlock, whose lock is still there', { [LOCK]: 'locked', [UNLOCK]: MARK }, false],
    ['a lock after an unlock', { [LOCK]: 'locked', [UNLOCK]: MARK, [LOCK_AFTER_UNLOCK]: 'locked' }, true],
    ['neither', {}, false],
  ] as const) {
    it(`is found in what it has left of ${what}`, async () => {
      for (const [key, value] of Object.entries(keys)) await client.set(key, value, { EX: 3600 });
      const rig = rigOf();
      const refusal = isLocked ? 'FACTOR_LOCKED' : undefined;
      // Also with a new secret in front, and by the second sign-in, which finds an account.
      expect(await codeOf(rig.browser().login())).to.equal(refusal);
      expect(
        await codeOf(
          rigOf({ secret: ['a new secret that is just as long as this', SECRET] })
            .browser()
            .login(),
        ),
      ).to.equal(refusal);
      expect(await codeOf(rig.browser().login('grace'))).to.equal(undefined);
      await rig.ends.unlock('id-ada');
      expect(await codeOf(rig.browser().login())).to.equal(undefined);
    });
  }

  it('holds under the app’s own login, too', async () => {
    await client.set(LOCK, 'locked', { EX: 3600 });
    const jar = rigOf().browser();
    jar.currentUser = { key: { id: 'id-ada' }, amr: [], hash: 'x'.repeat(22) };
    expect(await codeOf(jar.send())).to.equal('FACTOR_LOCKED');
  });

  it('is lifted by an unlock before the first sign-in', async () => {
    await client.set(LOCK, 'locked', { EX: 3600 });
    const rig = rigOf();
    await rig.ends.unlock('id-ada');
    expect(await codeOf(rig.browser().login())).to.equal(undefined);
  });
});

describe('a Redis that 0.1.0 uses, or has used', () => {
  const keep = useClosing();
  let redis: Redis;
  let client: Awaited<ReturnType<Redis['connect']>>;
  let state: SharedState;
  const count = `smsOtp:failedCodesPerUserPerDay:${'x'.repeat(43)}`;

  beforeEach(async function () {
    redis = keep(await startRedis(this));
    client = await redis.connect();
    state = redisState(client);
  });

  it('is refused with the remedy while its counts are there, and taken within a second afterwards', async () => {
    await client.set(count, 3, { EX: 600 });
    for (let time = 0; time < 2; time++) expect(await messageOf(state.commit([CHARGE]))).to.contain(REMEDY);
    expect(await messageOf(state.health?.())).to.contain(REMEDY);
    await client.del(count);
    expect(await state.health?.()).to.equal(undefined);
    while ((await state.commit([CHARGE]).catch(() => undefined)) === undefined);
    expect(await client.keys('*count*')).to.deep.equal(['{smsOtp}:count']);
  });

  it('is refused after the next look at its health if 0.1.0 begins to count beside this version', async () => {
    await state.commit([CHARGE]);
    await client.set(count, 1, { EX: 600 });
    await state.commit([CHARGE]);
    expect(await messageOf(state.health?.())).to.contain(REMEDY);
    expect(await messageOf(state.commit([CHARGE]))).to.contain(REMEDY);
  });

  it('is looked through as a whole, however many keys others have there', async () => {
    await client.mSet(Array.from({ length: 30_000 }, (_, place) => [`sess:${place}`, 'x'] as const).flat());
    await client.set(count, 1, { EX: 600 });
    expect(await messageOf(state.commit([CHARGE]))).to.contain(REMEDY);
    await client.del(count);
    while ((await state.commit([CHARGE]).catch(() => undefined)) === undefined);
  });

  it('is told by its whole name, whatever is in that', async () => {
    const mac = 'x'.repeat(43);
    for (const name of ['a*', '[b]?', 'c\\']) {
      const own = (at: string) => redisState(client).commit([{ ...CHARGE, charge: `${name}:${at}` }]);
      await client.set(`${name}x:grant:${mac}`, '1');
      await own('count');
      await client.set(`${name}:grant:${mac}`, '1');
      expect(await messageOf(own('count'))).to.contain(REMEDY);
    }
  });

  it('is taken with its locks and unlocks, which count, and with keys of others', async () => {
    const mac = 'x'.repeat(43);
    const keys = [
      `smsOtp:lock:${mac}`,
      `smsOtp:unlock:${mac}`,
      'smsOtp:visits:today',
      `other:grant:${mac}`,
      `smsOtpX:grant:${mac}`,
    ];
    for (const key of keys) await client.set(key, '1');
    await state.commit([CHARGE]);
    expect(await state.health?.()).to.equal(undefined);
  });
});

const REMEDY = 'stop all processes of 0.1.0, then remove their keys';

async function messageOf(work: Promise<unknown> | undefined): Promise<string> {
  const error: unknown = await work?.catch((thrown) => thrown);
  return error instanceof Error ? error.message : 'no rejection';
}
