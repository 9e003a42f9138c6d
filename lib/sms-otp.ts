import { EventEmitter } from 'node:events';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { closeAll } from './assembly/closing.ts';
import { reportForgotten } from './assembly/fault-report.ts';
import { listenForReceipts } from './assembly/receipts.ts';
import { createSecondFactor } from './assembly/second-factor.ts';
import { chooseState } from './assembly/shared-state.ts';
import { createSmsWriter } from './assembly/sms-text.ts';
import { wire } from './assembly/wire.ts';
import { readConfig } from './config.ts';
import { PhoneAdmin } from './domain/phone-admin.ts';
import type { Country } from './domain/phone-number.ts';
import type { Clock } from './domain/ports.ts';
import { announce, type SmsOtpEvents } from './events.ts';
import { Health, type SmsOtpHealth } from './health.ts';
import { answerErrors } from './http/answer-errors.ts';
import { firstFactor } from './http/first-factor.ts';
import { type GateOptions, requireSmsOtp } from './http/gate.ts';
import { createHandler } from './http/handler.ts';
import { sendCode } from './http/send-code.ts';
import { thenSetFacts } from './http/set-facts.ts';
import { signOut } from './http/sign-out.ts';
import { verifyCode } from './http/verify-code.ts';
import type { Wiring } from './http/wiring.ts';
import { createLanguages } from './locales/own-languages.ts';
import type { SmsOtpOptions } from './options.ts';
import { createRender } from './pages/render.ts';

/** A handler for `app.use()`, which is also the bag of its parts. */
export interface SmsOtp extends RequestHandler {
  /** Checks `username` and `password` from the body: the session has its first factor. */
  firstFactor(): RequestHandler;
  /** Starts the challenge, or repeats it, and sends its code. */
  sendCode(): RequestHandler;
  /** Checks `code` from the body: the session has both factors. */
  verifyCode(): RequestHandler;
  /** The gate: answers everybody who has not both factors, or whose code is older than `maxAgeSeconds`. */
  requireSmsOtp(options?: GateOptions): RequestHandler;
  /** Ends the pending code, the grant and the session. */
  signOut(): RequestHandler;
  /** For apps with routes of their own: answers an `SmsOtpError` as a page or as problem+json. */
  answerErrors(): ErrorRequestHandler;
  /** The numbers in the user store, for administrators. */
  readonly phones: PhoneAdmin;
  /** Lifts the lock and the counts of failed codes. */
  unlock(userId: string): Promise<void>;
  /** Ends all grants of the user, in every process within 5 s. */
  signOutEverywhere(userId: string): Promise<void>;
  /** What happens, for audit logs, metrics and alarms; no code and no full number is in it. */
  readonly events: EventEmitter<SmsOtpEvents>;
  /** How the dependencies are, for a probe: parallel calls share one answer, which comes within 10 s. */
  health(): Promise<SmsOtpHealth>;
  /** Refuses new work (503 `SHUTTING_DOWN`), lets what has begun be answered, then closes all that it uses. */
  close(): Promise<void>;
}

/**
 * SMS one-time passwords as a second factor: a handler with parts.
 *
 * @throws SmsOtpConfigError at once, with all problems
 */
export function smsOtp(options: SmsOtpOptions): SmsOtp {
  return createSmsOtp(options, Date.now);
}

/** The same with a clock that can be moved, for tests. */
export function createSmsOtp(options: SmsOtpOptions, clock: Clock): SmsOtp {
  const config = readConfig(options);
  const { userStore, transport, allowInsecure, authRequired, basePath, loginUrl, currentUser } = config;
  const shared = chooseState(config, clock);
  const dependencies = { userStore, transport, shared };
  const health = new Health(dependencies, clock);
  const events = new EventEmitter<SmsOtpEvents>();
  const notify = announce(events, config.logger);
  const languages = createLanguages(config);
  const onForgotten = reportForgotten(notify, clock, config.logger);
  const write = createSmsWriter(config, languages);
  const domain = createSecondFactor({ config, shared, clock, notify, onForgotten, write });
  let isClosing = false;
  const choose = languages.choose.bind(languages);
  const renders = { render: createRender(choose, config.views), renderOurs: createRender(choose) };
  const wiring = wire(config, domain, { notify, onForgotten, clock, ...renders, isClosing: () => isClosing });
  listenForReceipts(transport, domain.deliveries, { notify, clock, onForgotten });
  transport.open?.();
  const hasOwnLogin = currentUser === undefined;
  const handler = createHandler(wiring, { authRequired, basePath, hasOwnLogin, loginUrl, allowInsecure });
  return Object.assign(handler, partsOf(wiring), adminPartsOf(wiring, config.defaultCountry), {
    events,
    health: () => health.read(wiring.proxyWatch.problem),
    async close() {
      isClosing = true;
      await closeAll(dependencies, { notices: domain.notices, requests: wiring.underWay }, config.logger);
    },
  });
}

type Parts = 'firstFactor' | 'sendCode' | 'verifyCode' | 'requireSmsOtp' | 'signOut' | 'answerErrors';

function partsOf(wiring: Wiring): Pick<SmsOtp, Parts> {
  return {
    firstFactor: () => thenSetFacts(wiring, firstFactor(wiring)),
    sendCode: () => thenSetFacts(wiring, sendCode(wiring)),
    verifyCode: () => thenSetFacts(wiring, verifyCode(wiring)),
    requireSmsOtp: (rule) => requireSmsOtp(wiring, rule),
    signOut: () => thenSetFacts(wiring, signOut(wiring)),
    answerErrors: () => answerErrors(wiring),
  };
}

type AdminParts = 'phones' | 'unlock' | 'signOutEverywhere';

function adminPartsOf(wiring: Wiring, defaultCountry: Country | undefined): Pick<SmsOtp, AdminParts> {
  const { payers, grants, notify, clock } = wiring;
  return {
    phones: new PhoneAdmin({ ...wiring, defaultCountry }),
    async unlock(userId) {
      await payers.unlock(userId);
      notify('unlocked', { time: new Date(clock()), userId });
    },
    async signOutEverywhere(userId) {
      await grants.endAll(userId);
      notify('signedOutEverywhere', { time: new Date(clock()), userId });
    },
  };
}
