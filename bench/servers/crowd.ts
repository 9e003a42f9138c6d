// Sign-ins by the million, in a process of their own: `{ redisPath?, isSessionOnly? }`.
import express from 'express';
import { memoryState, smsOtp } from 'express-sms-otp';
import { redisState } from 'express-sms-otp/redis';
import { answerParent, cpu, settings } from '../answer-parent.ts';
import { everybody } from '../clients/everybody.ts';
import { inject } from './inject.ts';
import { CheapUserStore, nameOf, PASSWORD } from './people.ts';
import { connectRedis, sessionMiddleware } from './session-store.ts';

interface CrowdSettings {
  readonly redisPath?: string;
  readonly isSessionOnly?: boolean;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const PENDING_AT_ONCE = 50;
const TRIES_AT_ONCE = 2000;
/** Enough for a million pending sign-ins of a dozen keys each. */
const MAX_KEYS = 15_000_000;

const { redisPath, isSessionOnly = false } = settings<CrowdSettings>();
const redis = redisPath === undefined ? undefined : await connectRedis(redisPath);
const app = express();
app.set('trust proxy', true);
app.use(await sessionMiddleware(redisPath));
if (isSessionOnly) {
  app.post('/auth/login', (req, res) => {
    Object.assign(req.session, { user: req.body.username });
    res.json({});
  });
}
app.use(
  smsOtp({
    secret: 'a secret of the bench that is long enough',
    origin: 'http://127.0.0.1',
    userStore: new CheapUserStore(),
    transport: { send: async () => ({ status: 'accepted' }) },
    shared: redis === undefined ? memoryState({ maxKeys: MAX_KEYS }) : redisState(redis),
    allowInsecure: ['memorySessions', 'insecureCookie'],
  }),
);

answerParent({
  /** Everybody of the range types a right password once, and is sent a code. */
  pending: (range: Range) =>
    timed(range, PENDING_AT_ONCE, async (person) => {
      const status = await tryPassword(person, PASSWORD);
      if (status !== 200) throw new Error(`The login of ${person} was answered with ${status}.`);
    }),
  /** The same people are tried again and again; each fourth password is right. */
  tries: ({ people, ...range }: Range & { readonly people: number }) =>
    timed(range, TRIES_AT_ONCE, async (place) => {
      const status = await tryPassword((place * 7919) % people, place % 4 === 0 ? PASSWORD : 'a guess');
      if (status >= 500) throw new Error(`A try was answered with ${status}.`);
    }),
  /** Bytes in Redis, its keys, and those that live for ever. */
  async redis() {
    const info = (await redis?.info()) ?? '';
    const read = (pattern: RegExp) => Number(pattern.exec(info)?.[1]);
    const keys = read(/^db0:keys=(\d+)/m);
    return { bytes: read(/^used_memory:(\d+)/m), keys, immortal: keys - read(/^db0:.*expires=(\d+)/m) };
  },
});

function tryPassword(person: number, password: string): Promise<number> {
  const address = `10.${person >> 16}.${(person >> 8) & 255}.${person & 255}`;
  return inject(app, '/auth/login', { username: nameOf(person), password }, address);
}

/** µs of CPU each. */
async function timed({ from, to }: Range, atOnce: number, job: (place: number) => Promise<void>): Promise<number> {
  const before = cpu();
  await everybody(to - from, atOnce, (place) => job(from + place));
  return (cpu() - before) / (to - from);
}
