import type { SignIn, Standing } from '../domain/sign-in.ts';
import type { Verified } from '../domain/verification.ts';
import type { SmsOtpError } from '../errors.ts';
import { eventFacts } from './event-facts.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** A code that somebody typed. */
export interface CodeAttempt {
  readonly visitor: Visitor;
  readonly standing: Standing;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Authentication methods (RFC 8176) after a right code. */
export function methodsAfterCode({ amr }: SignIn): readonly string[] {
  return [...new Set([...amr, 'sms', 'otp', 'mfa'])];
}

export function tellAccepted(
  wiring: Wiring,
  { visitor, startedAt }: CodeAttempt,
  signIn: SignIn,
  { challenge, sendings }: Verified,
): void {
  const now = wiring.clock();
  const browser = wiring.payers.browserKind(challenge.payer);
  const { at, smsc } = sendings.at(-1) ?? {};
  wiring.notify('codeAccepted', {
    ...eventFacts(wiring, visitor),
    purpose: challenge.purpose,
    ...wiring.describeNumber(challenge.number),
    acr: wiring.acr,
    amr: methodsAfterCode(signIn),
    ...(browser === undefined ? {} : { browser }),
    ...(smsc === undefined ? {} : { smsc }),
    ...(at === undefined ? {} : { seconds: (now - at) / 1000 }),
    milliseconds: now - startedAt,
  });
}

/** Where no challenge is left, its purpose is still known of the session. */
export function tellRefused(wiring: Wiring, { visitor, standing, startedAt }: CodeAttempt, error: SmsOtpError): void {
  const { challenge, signIn } = standing;
  const purpose = challenge?.purpose ?? signIn?.purpose;
  const { code, details } = error;
  const attemptsRemaining = code === 'INVALID_CODE' ? details.attemptsRemaining : undefined;
  wiring.notify('codeRefused', {
    ...eventFacts(wiring, visitor),
    ...(purpose === undefined ? {} : { purpose }),
    ...(challenge === undefined ? {} : wiring.describeNumber(challenge.number)),
    reason: code,
    ...(attemptsRemaining === undefined ? {} : { attemptsRemaining }),
    milliseconds: wiring.clock() - startedAt,
  });
}
