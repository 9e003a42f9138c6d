import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { type AdminParts, adminPartsOf } from './assembly/admin-parts.ts';
import { composeDomain } from './assembly/compose.ts';
import { chooseState, closeAll } from './assembly/dependencies.ts';
import { keepHistory, listenForReceipts, reportBackgroundErrors } from './assembly/reporters.ts';
import { createSmsWriter, warnOfTexts } from './assembly/sms-text.ts';
import { type Config, readConfig } from './config.ts';
import type { Clock } from './domain/ports.ts';
import type { SecondFactor } from './domain/second-factor.ts';
import { SmsOtpConfigError } from './errors.ts';
import { announce, REQUESTS, type RequestMessage, type SmsOtpEvents, timedState } from './events.ts';
import { Health, type SmsOtpHealth } from './health.ts';
import { signOut } from './http/account.ts';
import { type Deps, OpenResponses } from './http/action.ts';
import { type AdminDeps, type AdminOptions, createAdmin } from './http/admin.ts';
import { answerErrors } from './http/answer-errors.ts';
import { KnownBrowserCookie, TrustCookie } from './http/browser-cookies.ts';
import { firstFactor } from './http/first-factor.ts';
import { type GateOptions, requireSmsOtp, thenSetFacts } from './http/gate.ts';
import { createHandler } from './http/router.ts';
import { sendCode } from './http/send-code.ts';
import { Sessions } from './http/session.ts';
import { SetupWatch } from './http/setup.ts';
import { verifyCode } from './http/verify-code.ts';
import { Visitors } from './http/visitor.ts';
import { en } from './locales/en.ts';
import type { Languages } from './locales/languages.ts';
import { createLanguages } from './locales/own-languages.ts';
import type { SmsOtpOptions } from './options.ts';
import { ASSETS } from './pages/assets.ts';
import { createRender } from './pages/render.ts';
import { support } from './pages/support.ts';

/** A middleware for `app.use()`, with methods for your own routes. */
export interface SmsOtp extends RequestHandler, AdminParts {
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
  /**
   * A page for support: why somebody got no code. From its call on this process keeps what the page shows.
   *
   * @throws SmsOtpConfigError in production without a guard
   */
  admin(options?: AdminOptions): RequestHandler;
  /** Tells what happens, for audit logs, metrics and alarms; no event holds a code or a full number. */
  readonly events: EventEmitter<SmsOtpEvents>;
  /** How the dependencies are, for a probe: parallel calls share one answer, which comes within 10 s. */
  health(): Promise<SmsOtpHealth>;
  /** Refuses new work (503 `SHUTTING_DOWN`), lets what has begun be answered, then closes all that it uses. */
  close(): Promise<void>;
}

/**
 * SMS one-time passwords as a second factor: a middleware with methods for your own routes.
 *
 * @throws SmsOtpConfigError at once, with all problems
 */
export function smsOtp(options: SmsOtpOptions): SmsOtp {
  if (options instanceof IncomingMessage)
    throw new SmsOtpConfigError(['smsOtp: makes the middleware, and is none itself: app.use(smsOtp({ … }))']);
  return createSmsOtp(options, Date.now);
}

/** The same with a clock that can be moved, for tests. */
export function createSmsOtp(options: SmsOtpOptions, clock: Clock): SmsOtp {
  const config = readConfig(options);
  const { userStore, transport, currentUser, logger } = config;
  const shared = chooseState(config, clock);
  const dependencies = { userStore, transport, shared };
  const health = new Health(dependencies, clock);
  const events = new EventEmitter<SmsOtpEvents>();
  const notify = announce(events, logger);
  const languages = openLanguages(config);
  const onBackgroundError = reportBackgroundErrors(notify, clock, config);
  const write = createSmsWriter(config, languages);
  const outside = { config, shared: timedState(shared, events), clock, notify, onBackgroundError, write };
  const domain = composeDomain(outside);
  let isClosing = false;
  const onRequest = requestTeller(events);
  const deps = httpDeps(config, domain, languages, { notify, onRequest, clock, isClosing: () => isClosing });
  listenForReceipts(config, domain, outside);
  transport.open?.();
  const handler = createHandler(deps, { ...config, hasOwnLogin: currentUser === undefined });
  const readHealth = (): Promise<SmsOtpHealth> => health.read(deps.setupWatch.proxyProblem);
  return Object.assign(handler, partsOf(deps), adminPartsOf(domain), supportPart(deps, events, readHealth), {
    events,
    health: readHealth,
    close() {
      isClosing = true;
      return closeAll(dependencies, { ...domain, requests: deps.responses }, logger);
    },
  });
}

/** From its first call on this process keeps what the page shows: a sign-in pays for it only then. */
function supportPart(deps: Deps, events: SmsOtp['events'], health: AdminDeps['health']): Pick<SmsOtp, 'admin'> {
  return {
    admin(options) {
      const router = createAdmin({ ...deps, health, renderAdmin: (locals) => support(locals, en) }, options);
      keepHistory(events, deps.domain.history);
      return router;
    },
  };
}

/** SMS texts that are too long are told a moment later; each language is read when it is first wished. */
function openLanguages(config: Config): Languages {
  const languages = createLanguages(config, (tag) =>
    config.logger.warn(`The language ${tag} cannot be read; English is used in its place. Is the package complete?`),
  );
  void warnOfTexts(config, languages);
  return languages;
}

/** Puts together what the middlewares of one instance share. */
function httpDeps(
  config: Config,
  domain: SecondFactor,
  languages: Languages,
  rest: Pick<Deps, 'notify' | 'onRequest' | 'clock' | 'isClosing'>,
): Deps {
  const { name, currentUser, keepSession, logger } = config;
  const choose = languages.choose.bind(languages);
  const sessions = new Sessions(name, keepSession ?? (currentUser === undefined ? [] : 'all'));
  const browserCookie = new KnownBrowserCookie(name);
  const trustCookie = new TrustCookie(name);
  return {
    ...rest,
    config,
    domain,
    sessions,
    browserCookie,
    trustCookie,
    visitors: new Visitors({ ...domain, sessions, browserCookie, trustCookie, currentUser, paths: config }),
    setupWatch: new SetupWatch((message) => logger.warn(message)),
    responses: new OpenResponses(),
    render: createRender(choose, config.views),
    renderOurs: createRender(choose),
    assets: ASSETS,
  };
}

function requestTeller(events: SmsOtp['events']): Deps['onRequest'] {
  return (action, outcome) => {
    if (REQUESTS.hasSubscribers) REQUESTS.publish({ events, action, outcome } satisfies RequestMessage);
  };
}

type Parts = 'firstFactor' | 'sendCode' | 'verifyCode' | 'requireSmsOtp' | 'signOut' | 'answerErrors';

function partsOf(deps: Deps): Pick<SmsOtp, Parts> {
  return {
    firstFactor: () => thenSetFacts(deps, firstFactor(deps)),
    sendCode: () => thenSetFacts(deps, sendCode(deps)),
    verifyCode: () => thenSetFacts(deps, verifyCode(deps)),
    requireSmsOtp: (rule) => requireSmsOtp(deps, rule),
    signOut: () => thenSetFacts(deps, signOut(deps)),
    answerErrors: () => answerErrors(deps),
  };
}
