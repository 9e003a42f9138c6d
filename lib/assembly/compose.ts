import type { Config } from '../config.ts';
import { within } from '../deadline.ts';
import { AttemptLimiter } from '../domain/attempt-limiter.ts';
import { CodeCheck } from '../domain/code-check.ts';
import { CodeEntry } from '../domain/code-entry.ts';
import { CodeSender } from '../domain/code-sender.ts';
import { CodeVerifier } from '../domain/code-verifier.ts';
import { Ledger } from '../domain/commit.ts';
import { Deliveries } from '../domain/delivery.ts';
import { Enrollment } from '../domain/enrollment.ts';
import { numberDescriber } from '../domain/event-facts.ts';
import { UsedCodes } from '../domain/guess.ts';
import { HelpCodes } from '../domain/help-codes.ts';
import { History } from '../domain/history.ts';
import { Keyring } from '../domain/keyring.ts';
import { KnownBrowsers } from '../domain/known-browser.ts';
import { Masks } from '../domain/masked-number.ts';
import { problemsOfTemplates } from '../domain/message.ts';
import { Notices } from '../domain/notices.ts';
import { NumberReader } from '../domain/number-reader.ts';
import { PasswordCheck } from '../domain/password.ts';
import { DirectoryRecheck, PersonIndex, PersonReader } from '../domain/person.ts';
import { PhoneAdmin } from '../domain/phone-admin.ts';
import { PhoneBook } from '../domain/phone-book.ts';
import { type Clock, failClosedDirectory } from '../domain/ports.ts';
import { RateLimiter } from '../domain/rate-limiter.ts';
import { RecoveryCodes } from '../domain/recovery-codes.ts';
import type { SecondFactor } from '../domain/second-factor.ts';
import { SendLimiter } from '../domain/send-limiter.ts';
import type { SharedState } from '../domain/shared-state.ts';
import { SignInEnd } from '../domain/sign-in-end.ts';
import { SignInFlows } from '../domain/sign-in-flow.ts';
import { SignInStart } from '../domain/sign-in-start.ts';
import { SignInStore } from '../domain/sign-in-store.ts';
import { SpareTries } from '../domain/spare-code.ts';
import { SpareIssue } from '../domain/spare-issue.ts';
import { type SendRequest, Submission } from '../domain/submission.ts';
import { SupportDesk } from '../domain/support-desk.ts';
import { TrustAdmin } from '../domain/trust-admin.ts';
import { TrustedBrowsers } from '../domain/trusted-browsers.ts';
import { TrustedSignIns } from '../domain/trusted-sign-in.ts';
import { UnknownPeople } from '../domain/unknown-people.ts';
import { UnreadableNumbers } from '../domain/unreadable-numbers.ts';
import { localeOf, type User, wishesOf } from '../domain/user.ts';
import { WithoutPhone } from '../domain/without-phone.ts';
import { SmsOtpError } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { SmsOtpOptions } from '../options.ts';
import type { SmsWriter } from './sms-text.ts';

/** The dependencies of one instance's domain. */
export interface DomainDeps {
  readonly config: Config;
  readonly shared: SharedState;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly write: SmsWriter;
  /** Receives errors of work that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => undefined;
}

/** Puts the domain together. */
export function composeDomain(deps: DomainDeps): SecondFactor {
  const base = composeAll(deps);
  const { notices, phoneBook, numbersOf } = composePhoneBook(deps, base);
  const trust = composeTrust(deps, { ...base, notices, numbersOf });
  const ends = new SignInEnd({ ...base, ...trust, turnKey: (tag) => phoneBook.turnKey(tag) });
  const flows = new SignInFlows({ ...base, ...trust, numbersOf, endAll: (subject) => ends.endAll(subject) });
  const submissions = composeSubmission(deps, base);
  const sender = new CodeSender({ ...base, policy: deps.config, submission: submissions });
  const { acr, sessionMaxAgeSeconds, codeLength, defaultCountry } = deps.config;
  const verifier = new CodeVerifier({ ...base, codeLength });
  const entry = new CodeEntry({ ...base, verifier, sender, phoneBook, numbersOf, acr, sessionMaxAgeSeconds });
  const spares = new SpareIssue({ ...base, notices, numbersOf, helpCodeProblems: helpCodeProblems(deps.config) });
  return {
    ...base,
    flows,
    start: new SignInStart({ ...base, ...trust, flows, sender, sessionMaxAgeSeconds }),
    codes: new CodeCheck({ ...base, ...trust, verifier, entry, acr, spares }),
    withoutPhone: new WithoutPhone({ ...base, ...trust, notices, numbersOf, sessionMaxAgeSeconds }),
    spares,
    ends,
    passwords: new PasswordCheck(base),
    notices,
    submissions,
    phones: new PhoneAdmin({ ...base, phoneBook, numbersOf, defaultCountry }),
    support: new SupportDesk({ ...deps.config, ...base, ...trust, spares }),
    ...trust,
    trustAdmin: new TrustAdmin({ ...base, ...trust }),
  };
}

/** No option turns help codes on: the texts that they need are missed when one is issued. */
function helpCodeProblems({ smsTemplates }: Config): readonly string[] {
  const problems = problemsOfTemplates(smsTemplates, ['helpCodeIssued', 'helpCodeUsed']);
  return problems.map((problem) => `smsOtp.smsTemplates.${problem}`);
}

/** With those that only some of it uses. */
function composeAll(deps: DomainDeps) {
  const base = composeBase(deps);
  const { ledger, keyring } = base;
  const helpCodes = new HelpCodes(keyring);
  const recoveryCodes = new RecoveryCodes(keyring, deps.config.recoveryCodes);
  const spares = { helpCodes, recoveryCodes, kinds: [helpCodes, recoveryCodes], tries: new SpareTries(base) };
  return { ...base, ...spares, used: new UsedCodes(ledger, keyring) };
}

/** The parts that most of the domain uses. */
function composeBase(deps: DomainDeps) {
  const { config, shared, clock, notify, onBackgroundError } = deps;
  const keyring = new Keyring(config.name, [config.secret].flat());
  const ledger = new Ledger(shared, clock, (nonce) => keyring.key('nc', nonce));
  const index = new PersonIndex(keyring);
  const limiter = new RateLimiter(keyring, config.limits);
  const store = new SignInStore(ledger, keyring, index, clock);
  const numbers = { clock, masks: new Masks(config.defaultCountry), reader: new NumberReader(config) };
  const history = new History({ ledger, keyring, ...numbers });
  return {
    ...numbers,
    notify,
    onBackgroundError,
    keyring,
    ledger,
    index,
    limiter,
    store,
    people: new PersonReader({ ledger, keyring, index }),
    history,
    deliveries: new Deliveries(ledger, keyring, history),
    attempts: new AttemptLimiter(limiter, keyring, config.limits),
    sends: new SendLimiter(limiter, keyring, notify, clock),
    browsers: new KnownBrowsers(keyring, config.limits.knownBrowser),
    recheck: new DirectoryRecheck(keyring),
    enrollment: new Enrollment(config.enrollment, config.defaultCountry, config.userStore.maxNumbers),
    describeNumber: numberDescriber(keyring),
    ...composeDirectory(deps, ledger, keyring),
  };
}

/** The directory, and what the operator is told of people in it. */
function composeDirectory({ config, clock, notify }: DomainDeps, ledger: Ledger, keyring: Keyring) {
  const warn = (message: string): void => config.logger.warn(message);
  return {
    directory: failClosedDirectory(config.userStore),
    unknown: new UnknownPeople(clock, warn),
    unreadable: new UnreadableNumbers({ ledger, keyring, clock, notify, store: config.userStore, warn }),
  };
}

type Base = ReturnType<typeof composeBase>;

function composeTrust(
  { config: { trustBrowser, sessionMaxAgeSeconds } }: DomainDeps,
  base: Base & Pick<Phones, 'notices' | 'numbersOf'>,
): { readonly trusted: TrustedBrowsers; readonly trustedSignIns: TrustedSignIns } {
  const trusted = new TrustedBrowsers(base, trustBrowser?.days ?? 0);
  return { trusted, trustedSignIns: new TrustedSignIns({ ...base, trusted, sessionMaxAgeSeconds }) };
}

function composeSubmission({ config, write }: DomainDeps, base: Base): Submission {
  return new Submission({
    ...base,
    transport: config.transport,
    policy: config,
    approve: (request) => approve(config.beforeSend, request),
    isInTime,
    compose: ({ purpose, number, client, user }, code, secondsLeft) =>
      write.code({ purpose, number, code, secondsLeft }, wishesOf(localeOf(user), client.languages)),
  });
}

/** A request waits no longer for an SMSC; then it is answered, and the message goes on by itself. */
const PATIENCE_MILLISECONDS = 10_000;

/** Made once: each new one would look through the whole stack. */
const LATE = new Error('late');

async function isInTime(answer: Promise<unknown>): Promise<boolean> {
  try {
    await within(answer, PATIENCE_MILLISECONDS, () => LATE);
  } catch (error) {
    return error !== LATE;
  }
  return true;
}

interface Phones {
  readonly notices: Notices;
  readonly phoneBook: PhoneBook;
  readonly numbersOf: (user: User) => readonly string[];
}

function composePhoneBook({ config, write }: DomainDeps, base: Base): Phones {
  const { transport, allowedCountries } = config;
  const { sends, ledger, unreadable, onBackgroundError, reader } = base;
  const numbersOf = (user: User): readonly string[] => {
    const { numbers, unreadable: values } = reader.readAll(user.phoneNumbers, user.country);
    if (values.length > 0) unreadable.note(user, values);
    return numbers;
  };
  const notices = new Notices({
    ...base,
    transport,
    allowedCountries,
    // They are the alarm of the one who had the number: sent also if nothing can be counted.
    count: () => sends.note(ledger).catch(onBackgroundError),
    compose: (notice, user, number) => write.notice(notice, number, wishesOf(localeOf(user), [])),
  });
  return { notices, numbersOf, phoneBook: new PhoneBook({ ...base, notices, numbers: reader, numbersOf }) };
}

/** The app's own say in every send. Its errors may not be fit to be shown; only a text that it returns is. */
async function approve(beforeSend: SmsOtpOptions['beforeSend'], request: SendRequest): Promise<void> {
  if (beforeSend === undefined) return;
  let verdict: unknown;
  try {
    verdict = await beforeSend(request);
  } catch {
    verdict = false;
  }
  if (verdict !== false && typeof verdict !== 'string') return;
  if (verdict) throw new SmsOtpError('SEND_REFUSED', verdict, { text: verdict });
  throw new SmsOtpError('SEND_REFUSED');
}
