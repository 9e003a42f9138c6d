import type { Request } from 'express';
import type { Challenges } from '../domain/challenge.ts';
import type { CodeLength } from '../domain/code.ts';
import type { Cooldown } from '../domain/cooldown.ts';
import type { Deliveries } from '../domain/delivery.ts';
import type { Dispatch } from '../domain/dispatch.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { Grants } from '../domain/grant.ts';
import type { GuessBudget } from '../domain/guess-budget.ts';
import type { Masks } from '../domain/masked-number.ts';
import type { DescribeNumber } from '../domain/number-facts.ts';
import type { PasswordCheck } from '../domain/password.ts';
import type { Payers } from '../domain/payer.ts';
import type { PhoneBook } from '../domain/phone-book.ts';
import type { Clock } from '../domain/ports.ts';
import type { SignInPolicy } from '../domain/sign-in-policy.ts';
import type { User } from '../domain/user.ts';
import type { Verification } from '../domain/verification.ts';
import type { Notify } from '../events.ts';
import type { Render } from '../views.ts';
import type { BrowserToken } from './browser-token.ts';
import type { ProxyWatch } from './proxy-watch.ts';
import type { SameOriginRule } from './same-origin.ts';
import type { Sessions } from './session.ts';
import type { UnderWay } from './under-way.ts';
import type { Visitors } from './visitors.ts';

/** What the middlewares of one instance share; put together once, nothing about one sign-in is in it. */
export interface Wiring {
  readonly acr: string;
  readonly appName: string;
  readonly codeLength: CodeLength;
  readonly sameOrigin: SameOriginRule;
  readonly requiredFor: (user: User, req: Request) => boolean | Promise<boolean>;
  readonly isClosing: () => boolean;
  readonly underWay: UnderWay;
  readonly clock: Clock;
  readonly notify: Notify;
  /** Hears of what could not be tidied up after a right code; it ends by itself. */
  readonly onForgotten: (error: unknown) => void;
  readonly describeNumber: DescribeNumber;
  readonly render: Render;
  /** Without the app's own pages, for where those fail. */
  readonly renderOurs: Render;
  readonly assets: Readonly<Record<string, string>>;
  /** The app's own stylesheet: a path in the app, or what is in it. */
  readonly styles: { readonly url: string } | { readonly css: string } | undefined;
  readonly sessions: Sessions;
  readonly proxyWatch: ProxyWatch;
  readonly browserToken: BrowserToken;
  readonly visitors: Visitors;
  readonly passwords: PasswordCheck;
  readonly payers: Payers;
  readonly enrollment: Enrollment;
  readonly policy: SignInPolicy;
  readonly masks: Masks;
  readonly phoneBook: PhoneBook;
  readonly challenges: Challenges;
  readonly cooldown: Cooldown;
  readonly deliveries: Deliveries;
  readonly guesses: GuessBudget;
  readonly grants: Grants;
  readonly dispatch: Dispatch;
  readonly verification: Verification;
}
