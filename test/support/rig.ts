import { composeDomain } from '../../lib/assembly/compose.ts';
import { reportBackgroundErrors } from '../../lib/assembly/reporters.ts';
import { createSmsWriter } from '../../lib/assembly/sms-text.ts';
import { readConfig } from '../../lib/config.ts';
import { Ledger } from '../../lib/domain/commit.ts';
import { PersonIndex } from '../../lib/domain/person.ts';
import type { SecondFactor } from '../../lib/domain/second-factor.ts';
import { SignInStore } from '../../lib/domain/sign-in-store.ts';
import { SmsOtpError } from '../../lib/errors.ts';
import type { Notify } from '../../lib/events.ts';
import type { SmsOtpEvents, SmsOtpOptions } from '../../lib/index.ts';
import { createLanguages } from '../../lib/locales/own-languages.ts';
import { Browser } from './browser-rig.ts';
import { FakeClock } from './clock.ts';
import { MapState } from './map-state.ts';
import { People } from './people.ts';
import { RecordingTransport } from './recording-transport.ts';

export const SECRET = 'a secret of the tests that is long enough';
export const ADA_NUMBER = '+46701740605';

export interface Rig extends SecondFactor {
  readonly clock: FakeClock;
  readonly state: MapState;
  readonly people: People;
  readonly transport: RecordingTransport;
  readonly events: (readonly [keyof SmsOtpEvents, object])[];
  readonly notify: Notify;
  readonly onBackgroundError: (error: unknown) => undefined;
  readonly ledger: Ledger;
  /** Reads the same records, and remembers nothing of what the domain's own has read. */
  readonly records: SignInStore;
  /** One that was never here before; with ada's password typed, or her code entered, if that is asked for. */
  browser(facts?: Partial<Pick<Browser, 'address' | 'form' | 'token'>>): Browser;
  loggedIn(username?: string, facts?: Partial<Pick<Browser, 'address' | 'form' | 'token'>>): Promise<Browser>;
  signedIn(username?: string): Promise<Browser>;
}

/** The domain with everything around it in memory, on a clock that can be moved. */
export function createRig(
  options: Partial<SmsOtpOptions> = {},
  shares: Partial<Pick<Rig, 'clock' | 'state' | 'people' | 'transport'>> = {},
): Rig {
  const { clock = new FakeClock(), people = new People(), transport = new RecordingTransport() } = shares;
  const { state = new MapState(clock.now) } = shares;
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
  const onBackgroundError = reportBackgroundErrors(notify, clock.now, config);
  const write = createSmsWriter(config, createLanguages(config));
  const shared = options.shared ?? state;
  const domain = composeDomain({ config, clock: clock.now, shared, notify, onBackgroundError, write });
  const { keyring } = domain;
  const ledger = new Ledger(state, clock.now, (nonce) => keyring.key('nc', nonce));
  const around = { clock, state, people, transport, events, notify, onBackgroundError, ledger };
  const browser: Rig['browser'] = (facts) => new Browser(domain, facts);
  const loggedIn: Rig['loggedIn'] = async (username = 'ada', facts = {}) => {
    const jar = browser(facts);
    await jar.login(username);
    return jar;
  };
  return {
    ...domain,
    ...around,
    records: new SignInStore(ledger, keyring, new PersonIndex(keyring), clock.now),
    browser,
    loggedIn,
    async signedIn(username) {
      const jar = await loggedIn(username);
      await jar.enter(transport.lastCode());
      return jar;
    },
  };
}

/** The code of what is thrown, or `undefined` if nothing is. */
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

/** For how long somebody is told to wait. */
export async function waitOf(work: Promise<unknown>): Promise<number | undefined> {
  const error: unknown = await work.catch((thrown) => thrown);
  return error instanceof SmsOtpError ? error.details.retryAfterSeconds : undefined;
}

export function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000';
}
