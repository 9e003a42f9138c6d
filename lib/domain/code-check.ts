import { SmsOtpError } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { Purpose } from './challenge.ts';
import type { Accepted, CodeEntry } from './code-entry.ts';
import type { CodeVerifier } from './code-verifier.ts';
import { type DescribeNumber, eventFactsOf, wayOf } from './event-facts.ts';
import { methodsAfterCode } from './grant.ts';
import type { CountedGuess, Guess, UsedCodes } from './guess.ts';
import type { KnownBrowsers } from './known-browser.ts';
import type { Clock } from './ports.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import { flowOfRecord, type SignInFlow } from './sign-in-flow.ts';
import type { SignInRecord } from './sign-in-record.ts';
import type { Loaded, SignInStore } from './sign-in-store.ts';
import type { SpareIssue } from './spare-issue.ts';
import type { TrustToken } from './trusted-browser.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { TrustedSignIns } from './trusted-sign-in.ts';

export interface CodeCheckDeps {
  readonly verifier: CodeVerifier;
  readonly entry: CodeEntry;
  readonly browsers: KnownBrowsers;
  readonly store: SignInStore;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly describeNumber: DescribeNumber;
  readonly acr: string;
  readonly used: UsedCodes;
  readonly trusted: TrustedBrowsers;
  readonly trustedSignIns: TrustedSignIns;
  readonly recoveryCodes: Pick<RecoveryCodes, 'isOn'>;
  readonly spares: Pick<SpareIssue, 'renewRecoveryCodes'>;
  /** Receives errors of work that nobody waits for. */
  readonly onBackgroundError: (error: unknown) => undefined;
}

/** How long after a code was used a second one is taken for the same. */
const JUST_SECONDS = 60;

/** The result of a code. */
export interface CodeResult {
  readonly flow: SignInFlow;
  /** Makes the browser a known one; absent if another code follows, or browsers are not told apart. */
  readonly token: string | undefined;
}

/** Checks a code, does what it is for, and tells of both. */
export class CodeCheck {
  readonly #deps: CodeCheckDeps;

  constructor(deps: CodeCheckDeps) {
    this.#deps = deps;
  }

  /** @throws SmsOtpError as `CodeVerifier.compare` and `CodeEntry.accept` */
  async check(guess: Guess): Promise<CodeResult> {
    const { verifier, entry, store, clock, recoveryCodes, spares, onBackgroundError } = this.#deps;
    const startedAt = clock();
    const loaded = guess.ref === undefined ? undefined : await store.read(guess.ref);
    let counted: CountedGuess;
    let accepted: Accepted;
    try {
      counted = await verifier.compare(guess, loaded);
      accepted = await entry.accept(counted);
    } catch (error) {
      if (!(error instanceof SmsOtpError)) throw error;
      this.#tellRefused(guess, loaded?.signIn?.record, error, startedAt);
      throw await this.#explained(guess, loaded, error);
    }
    this.#tellAccepted(counted, startedAt);
    const { signIn, user, sent } = accepted;
    if (recoveryCodes.isOn) spares.renewRecoveryCodes(user.id).catch(onBackgroundError);
    const trust = await this.#trust(counted, accepted);
    const flow = { ...flowOfRecord(signIn, signIn.now), user, trust, ...(sent !== undefined && { pending: sent }) };
    return { flow, token: sent === undefined ? this.#tokenFor(counted, accepted) : undefined };
  }

  /** The same request, sent twice: the first has won, and the second comes with the session of before, or of after. */
  async #explained({ client }: Guess, loaded: Loaded | undefined, error: SmsOtpError): Promise<SmsOtpError> {
    if (error.code !== 'NO_CHALLENGE') return error;
    const grant = loaded?.signIn?.record.grant;
    if (grant !== undefined && loaded !== undefined) {
      const isFresh = grant.by === 'code' && loaded.now / 1000 - grant.authTime < JUST_SECONDS;
      return isFresh ? codeUsed() : error;
    }
    const wasUsed = await this.#deps.used.wereUsed(client.session.named).catch(() => false);
    return wasUsed ? codeUsed() : error;
  }

  /** The person is signed in already. If this fails, their next sign-in needs a code, and no more is lost. */
  async #trust({ guess, challenge }: CountedGuess, { signIn, user }: Accepted): Promise<TrustToken | undefined> {
    const { trusted, trustedSignIns, onBackgroundError } = this.#deps;
    if (!trusted.isOn || !guess.trusts || challenge.purpose !== 'sign-in') return undefined;
    return trustedSignIns.trust(signIn, user, guess.client).catch(onBackgroundError);
  }

  #tokenFor({ chargedAt }: CountedGuess, { signIn }: Accepted): string | undefined {
    const { account, ref, record } = signIn;
    return this.#deps.browsers.issue(ref.tag, account, record.browser, chargedAt);
  }

  #tellAccepted({ signIn, challenge, sendings, guess }: CountedGuess, startedAt: number): void {
    const { notify, clock, describeNumber, browsers, acr } = this.#deps;
    const now = clock();
    const { record } = signIn;
    const last = sendings.at(-1);
    notify('codeAccepted', {
      ...eventFactsOf(clock, record.subject, guess.client),
      purpose: challenge.purpose,
      ...describeNumber(challenge.number),
      acr,
      amr: methodsAfterCode(record.amr),
      ...(browsers.isOn && { browser: record.browser === '' ? ('new' as const) : ('known' as const) }),
      ...(last !== undefined && wayOf(last)),
      ...(last !== undefined && { seconds: Math.max(0, signIn.now - last.chargedAt) / 1000 }),
      milliseconds: now - startedAt,
    });
  }

  #tellRefused(guess: Guess, record: SignInRecord | undefined, error: SmsOtpError, startedAt: number): void {
    const { notify, clock, describeNumber } = this.#deps;
    const challenge = record?.challenge;
    const purpose: Purpose | undefined = challenge?.purpose ?? record?.purpose;
    const { code, details } = error;
    const attemptsRemaining = code === 'INVALID_CODE' ? details.attemptsRemaining : undefined;
    notify('codeRefused', {
      ...eventFactsOf(clock, record?.subject, guess.client),
      ...(purpose !== undefined && { purpose }),
      ...(challenge !== undefined && describeNumber(challenge.number)),
      reason: code,
      ...(attemptsRemaining !== undefined && { attemptsRemaining }),
      milliseconds: clock() - startedAt,
    });
  }
}

function codeUsed(): SmsOtpError {
  return new SmsOtpError('NO_CHALLENGE', { words: 'codeUsed' });
}
