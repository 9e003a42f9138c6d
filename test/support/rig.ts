import { type OnForgotten, reportForgotten } from '../../lib/assembly/fault-report.ts';
import { createSecondFactor, type SecondFactor } from '../../lib/assembly/second-factor.ts';
import { createSmsWriter } from '../../lib/assembly/sms-text.ts';
import { readConfig } from '../../lib/config.ts';
import type { Challenge, Purpose } from '../../lib/domain/challenge.ts';
import type { Verified } from '../../lib/domain/verification.ts';
import { SmsOtpError } from '../../lib/errors.ts';
import type { Notify } from '../../lib/events.ts';
import type { SmsOtpEvents, SmsOtpOptions, User } from '../../lib/index.ts';
import { createLanguages } from '../../lib/locales/own-languages.ts';
import { FakeClock } from './clock.ts';
import { MapState } from './map-state.ts';
import { People } from './people.ts';
import { RecordingTransport } from './recording-transport.ts';

export const ADA: User = { id: 'id-ada', username: 'ada', phoneNumbers: ['+46701740605'] };
export const SECRET = 'a secret of the tests that is long enough';

export interface Rig extends SecondFactor {
  readonly clock: FakeClock;
  readonly state: MapState;
  readonly people: People;
  readonly transport: RecordingTransport;
  readonly events: (readonly [keyof SmsOtpEvents, object])[];
  readonly notify: Notify;
  readonly onForgotten: OnForgotten;
  /** Sends to ada, as the session that holds this challenge. */
  send(
    challenge?: Challenge,
    more?: {
      number?: string;
      purpose?: Purpose;
      signIn?: string;
      user?: User;
      addressBlock?: string;
      token?: string;
      languages?: readonly string[];
    },
  ): Promise<Challenge>;
  guess(challenge: Challenge | undefined, code: string): Promise<Verified>;
}

/** The domain with everything around it in memory, on a clock that can be moved. */
export function createRig(
  options: Partial<SmsOtpOptions> = {},
  shares: Partial<Pick<Rig, 'clock' | 'state'>> = {},
): Rig {
  const { clock = new FakeClock(), state = new MapState(clock.now) } = shares;
  const people = new People();
  const transport = new RecordingTransport();
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const config = readConfig({
    secret: SECRET,
    userStore: people,
    transport,
    logger,
    origin: 'https://app.example',
    ...options,
  });
  const events: [keyof SmsOtpEvents, object][] = [];
  const notify: Notify = (name, ...[facts]) => events.push([name, facts]);
  const onForgotten = reportForgotten(notify, clock.now, config.logger);
  const domain = createSecondFactor({
    config,
    clock: clock.now,
    shared: options.shared ?? state,
    notify,
    onForgotten,
    write: createSmsWriter(config, createLanguages(config)),
  });
  return {
    ...domain,
    notify,
    onForgotten,
    clock,
    state,
    people,
    transport,
    events,
    async send(challenge, { token, ...more } = {}) {
      const { user = ADA } = more;
      const payer = await domain.payers.of(user.id, token);
      const client = { payer, ip: '192.0.2.1', addressBlock: '192.0.2.1' };
      const order = {
        user,
        number: '+46701740605',
        purpose: 'sign-in',
        signIn: 'sign-in 1',
        languages: [],
        ...client,
      } as const;
      return domain.dispatch.send({ ...order, challengeId: challenge?.id, ...more });
    },
    guess: (challenge, code) =>
      domain.verification.verify({ challengeId: challenge?.id, subject: 'id-ada', code }, async (verified) => verified),
  };
}

/** The code of what is thrown, or `undefined` where nothing is. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}

/** All that an answer can show of what is thrown. */
export async function refusalOf(work: Promise<unknown>): Promise<object> {
  const error: unknown = await work.catch((thrown) => thrown);
  if (!(error instanceof SmsOtpError)) throw new Error('It was not refused.', { cause: error });
  const { code, status, message, details } = error;
  return { code, status, message, details };
}

export function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000';
}
