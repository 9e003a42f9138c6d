import { sampleTexts } from '../../assembly/sms-text.ts';
import { type Config, readConfig } from '../../config.ts';
import { within } from '../../deadline.ts';
import type { Finding } from '../../domain/ports.ts';
import { SmsOtpConfigError } from '../../errors.ts';
import { createLanguages } from '../../locales/own-languages.ts';
import type { SmsOtpOptions } from '../../options.ts';
import { isNotSet } from '../../schema/check-options.ts';
import { loadOptions } from '../config-file.ts';
import { examineVersions } from '../versions.ts';
import { faultFinding } from './findings.ts';
import { examinePeople } from './people.ts';
import { type AskedPerson, examinePerson } from './person.ts';
import { examineApp } from './running-app.ts';
import { examineLimits, examineSecrets, examineTexts } from './settings.ts';
import { examineState } from './shared-state.ts';
import { sendTestMessage } from './test-message.ts';

const MEND_IT = 'Mend it in the configuration file. All options:';
const TEMPLATES = 'smsOtp.smsTemplates';
/** By the class or the option that is wrong. */
const PAGES = {
  SmppTransport: 'docs/smpp.md',
  'smsOtp.transport': 'docs/smpp.md',
  [TEMPLATES]: 'docs/smpp.md',
  LdapUserStore: 'docs/ldap.md',
} as const;
const SET_IT =
  'Set it. If it comes from a .env file: this reads none, but node --env-file=.env node_modules/express-sms-otp/dist/cli/main.js doctor does.';

/** The app's own adapter may never finish closing. */
const CLOSING_MILLISECONDS = 5_000;

/** The subjects to examine in addition to the options. */
export interface Wish {
  readonly person?: AskedPerson | undefined;
  /** The URL of the running app. */
  readonly url?: URL | undefined;
  /** The number for a test SMS, in any spelling. */
  readonly sendTo?: string | undefined;
  /** How long to wait for its receipt. */
  readonly receiptMilliseconds: number;
}

/** Examines everything that a sign-in needs, each thing after those it depends on. Never rejects. */
export async function* examine(configFile: string, wish: Wish): AsyncGenerator<Finding> {
  yield* guard('versions', examineVersions(configFile));
  try {
    yield* examineOptions(await loadOptions(configFile), wish);
  } catch (error) {
    yield* explain(error);
    const detail = 'SMSCs, directory and the rest are checked when this is mended';
    yield { check: 'the rest', status: 'skipped', detail };
  }
}

/** @throws SmsOtpConfigError */
export async function* examineOptions(options: SmsOtpOptions, wish: Wish): AsyncGenerator<Finding> {
  const config = readConfig(options);
  yield { check: 'options', status: 'ok', detail: 'valid' };
  yield* examineSecrets([config.secret].flat());
  yield* examineTexts(config, options.appName);
  yield examineLimits(config);
  yield* guard('SMS', examineTransport(config));
  const directoryFails = yield* watch(guard('directory', examineStore(config)));
  yield* guard('numbers', examinePeople(config), directoryFails);
  yield* guard('person', examinePerson(config, wish.person), directoryFails);
  yield* guard('shared state', examineState(config));
  yield* guard('app', examineRunningApp(config, wish));
  const { sendTo, receiptMilliseconds } = wish;
  if (sendTo !== undefined) yield* guard('test SMS', sendTestMessage(config, sendTo, receiptMilliseconds));
  for (const part of [config.transport, config.userStore]) await close(part);
}

/** Ignores failures: every finding has been reported. */
async function close(part: { close?(): Promise<void> }): Promise<void> {
  try {
    await within(Promise.resolve(part.close?.()), CLOSING_MILLISECONDS, () => new Error('late'));
  } catch {}
}

async function* examineRunningApp(config: Config, { url, person }: Wish): AsyncGenerator<Finding> {
  if (url === undefined) {
    const detail = '--url https://… looks at the running app: its session, its proxy, its pages';
    yield { check: 'app', status: 'skipped', detail };
  } else yield* examineApp({ ...config, url, hasOwnLogin: config.currentUser === undefined }, person);
}

async function* examineTransport(config: Config): AsyncGenerator<Finding> {
  const { transport } = config;
  if (transport.examine !== undefined) yield* transport.examine(await sampleTexts(config, createLanguages(config)));
  else yield { check: 'SMS', status: 'skipped', detail: 'this transport has no examine(); --send tests it' };
}

async function* examineStore({ userStore, enrollment }: Config): AsyncGenerator<Finding> {
  if (userStore.examine !== undefined) yield* userStore.examine({ mustWrite: enrollment !== undefined });
  else yield { check: 'directory', status: 'skipped', detail: 'this user store has no examine(); --user tests it' };
}

/** Names the page that explains these options. */
function mendIt(problem: string): string {
  const page =
    Object.entries(PAGES).find(([owner]) =>
      [`${owner}.`, `${owner}:`].some((start) => problem.startsWith(start)),
    )?.[1] ?? 'docs/reference.md';
  return `${MEND_IT} node_modules/express-sms-otp/${page}`;
}

/** Turns an error into one more finding. */
async function* guard(
  check: string,
  findings: Iterable<Finding> | AsyncIterable<Finding>,
  isExplained = false,
): AsyncGenerator<Finding> {
  try {
    yield* findings;
  } catch (error) {
    yield faultFinding(check, error, isExplained);
  }
}

/** Passes findings on, and returns whether one of them failed. */
async function* watch(findings: AsyncIterable<Finding>): AsyncGenerator<Finding, boolean> {
  let hasFailed = false;
  for await (const finding of findings) {
    hasFailed ||= finding.status === 'failed';
    yield finding;
  }
  return hasFailed;
}

function* explain(error: unknown): Generator<Finding> {
  if (error instanceof SmsOtpConfigError) {
    for (const detail of error.problems) {
      // A missing text comes from no environment.
      const remedy = isNotSet(detail) && !detail.startsWith(TEMPLATES) ? SET_IT : mendIt(detail);
      yield { check: 'options', status: 'failed', detail, remedy };
    }
    return;
  }
  yield faultFinding('configuration file', error);
}
