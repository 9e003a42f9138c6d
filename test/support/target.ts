import type { Express } from 'express';
import type { SmsOtp, SmsOtpOptions } from '../../lib/index.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { type TestApp, testApp } from './app.ts';
import { Client, listen } from './client.ts';
import { FakeClock } from './clock.ts';
import { SlowSessions } from './slow-sessions.ts';
import { slowState } from './slow-state.ts';

/** An app to attack, on a port of its own. Its stores really answer later: only then requests overlap. */
export interface Target extends TestApp {
  readonly url: string;
  /** A cookie jar without anything in it. */
  client(): Client;
  /** A cookie jar that has typed ada's password. */
  halfSignedIn(): Promise<Client>;
  /** How many codes were compared so far. */
  comparisons(): number;
  close(): Promise<void>;
}

export interface TargetSetup {
  readonly options?: Partial<SmsOtpOptions>;
  readonly before?: (app: Express) => void;
  readonly routes?: (app: Express, otp: SmsOtp) => void;
}

export async function startTarget({ options, ...setup }: TargetSetup = {}): Promise<Target> {
  const clock = new FakeClock();
  const shared = slowState(memoryState({ clock: clock.now }));
  const app = testApp({ ...setup, clock, sessions: new SlowSessions(), options: { shared, ...options } });
  const { url, close } = await listen(app.app);
  let compared = 0;
  app.otp.events.on('codeAccepted', () => compared++);
  app.otp.events.on('codeRefused', ({ reason }) => {
    if (reason === 'INVALID_CODE') compared++;
  });
  const client = (): Client => new Client(url);
  return {
    ...app,
    url,
    client,
    async halfSignedIn() {
      const jar = client();
      const { status } = await jar.post('/auth/login', { username: 'ada', password: 'lovelace' });
      if (status !== 200) throw new Error(`The password was answered with ${status}.`);
      return jar;
    },
    comparisons: () => compared,
    close,
  };
}
