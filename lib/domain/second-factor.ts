import type { CodeCheck } from './code-check.ts';
import type { Deliveries } from './delivery.ts';
import type { Enrollment } from './enrollment.ts';
import type { History } from './history.ts';
import type { Keyring } from './keyring.ts';
import type { Masks } from './masked-number.ts';
import type { Notices } from './notices.ts';
import type { PasswordCheck } from './password.ts';
import type { PhoneAdmin } from './phone-admin.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import type { SignInEnd } from './sign-in-end.ts';
import type { SignInFlows } from './sign-in-flow.ts';
import type { SignInStart } from './sign-in-start.ts';
import type { SpareIssue } from './spare-issue.ts';
import type { Submission } from './submission.ts';
import type { SupportDesk } from './support-desk.ts';
import type { TrustAdmin } from './trust-admin.ts';
import type { TrustedBrowsers } from './trusted-browsers.ts';
import type { TrustedSignIns } from './trusted-sign-in.ts';
import type { WithoutPhone } from './without-phone.ts';

/** The domain of one instance: what the middlewares call. */
export interface SecondFactor {
  readonly keyring: Keyring;
  readonly passwords: PasswordCheck;
  readonly flows: SignInFlows;
  readonly start: SignInStart;
  readonly codes: CodeCheck;
  readonly ends: SignInEnd;
  readonly withoutPhone: WithoutPhone;
  readonly spares: SpareIssue;
  readonly recoveryCodes: RecoveryCodes;
  readonly enrollment: Enrollment;
  readonly masks: Masks;
  readonly deliveries: Deliveries;
  readonly notices: Notices;
  /** Messages whose requests have been answered before the SMSC has. */
  readonly submissions: Pick<Submission, 'settled'>;
  readonly phones: PhoneAdmin;
  readonly history: History;
  readonly support: SupportDesk;
  readonly trusted: TrustedBrowsers;
  readonly trustedSignIns: TrustedSignIns;
  readonly trustAdmin: TrustAdmin;
}
