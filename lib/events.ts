import { channel } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Purpose } from './domain/challenge.ts';
import type { UnreadableReason } from './domain/dial-string.ts';
import type { EventFacts, NumberFacts } from './domain/event-facts.ts';
import type { PasswordRefusal } from './domain/ports.ts';
import type { SharedState } from './domain/shared-state.ts';
import type { TrustEnd } from './domain/trusted-browser.ts';
import type { SmsOtpErrorCode } from './errors.ts';
import type { Logger } from './log.ts';

/** Events by name, with what their listeners are given. A listener that throws changes nothing. */
export interface SmsOtpEvents {
  /** The first factor was right. `amr` (RFC 8176) tells how it was checked. */
  firstFactorAccepted: [
    EventFacts & {
      amr: readonly string[];
      /** Sign-ins that the directory still allows with an expired password. */
      graceLoginsRemaining?: number;
      /** When the directory warns that the password expires. */
      passwordExpiresInSeconds?: number;
    },
  ];
  /** A name or a password was wrong, or was not looked at. `userId` is whom the directory means by the name. */
  firstFactorRefused: [
    EventFacts & {
      reason: SmsOtpErrorCode;
      /** Why the directory refused the password, if it says so. */
      refusal?: PasswordRefusal;
    },
  ];
  /** The transport took the message, or may have, after so many `milliseconds`. */
  codeSent: [
    EventFacts &
      NumberFacts & {
        purpose: Purpose;
        status: 'accepted' | 'unknown';
        smsc?: string;
        /** The transport's route, if it has several. */
        route?: string;
        milliseconds: number;
        /** Whether a challenge that was pending was repeated. */
        resend: boolean;
      },
  ];
  /** No message went out; that was clear after so many `milliseconds`. */
  sendRefused: [EventFacts & NumberFacts & { purpose: Purpose; reason: SmsOtpErrorCode; milliseconds: number }];
  /** So much of `smsPerDay` is used up now: 50, 80 or 100 per cent. */
  smsBudgetUsed: [{ time: Date; percent: number }];
  /** The network says what became of a message. `milliseconds` since it was sent, if it is known as one of ours. */
  deliveryReported: [
    {
      time: Date;
      smsc: string;
      state: 'delivered' | 'failed' | 'unknown';
      reason?: string;
      country?: string;
      /** The transport's route, if it has several. */
      route?: string;
      milliseconds?: number;
    },
  ];
  /** A code was compared and right, `seconds` after its last message. `milliseconds` are those of the check. */
  codeAccepted: [
    EventFacts &
      NumberFacts & {
        purpose: Purpose;
        acr: string;
        amr: readonly string[];
        /** Whether the user has signed in with it before; absent if `limits.knownBrowser` is off. */
        browser?: 'known' | 'new';
        /** That of the last message. */
        smsc?: string;
        /** That of the last message. */
        route?: string;
        seconds?: number;
        milliseconds: number;
      },
  ];
  /** `INVALID_CODE` means that a code was compared and wrong; any other reason, that none was compared. */
  codeRefused: [
    EventFacts &
      Partial<NumberFacts> & {
        purpose?: Purpose;
        reason: SmsOtpErrorCode;
        /** With `INVALID_CODE`: 0 comes once for each challenge that is used up. */
        attemptsRemaining?: number;
        milliseconds: number;
      },
  ];
  /** The last failure that the user may have has locked the factor; told once, until `unlocked`. */
  factorLocked: [EventFacts & NumberFacts];
  /** An administrator has locked the factor. */
  locked: [EventFacts];
  /** An administrator has lifted the lock and the counts of failed codes. */
  unlocked: [EventFacts];
  /** A number was written to the user store. `number` is a keyed hash of it. */
  numberAdded: [EventFacts & { number: string }];
  /** A number was removed from the user store. `number` is a keyed hash of it. */
  numberRemoved: [EventFacts & { number: string }];
  /** A number that should have been told of a change could not be. */
  noticeFailed: [EventFacts & { number: string; reason: string }];
  /**
   * A value of the user store gives no number, and so no code. Told once a person and day, for each attribute and
   * reason; never the value.
   */
  numberUnreadable: [EventFacts & { attribute?: string; reason: UnreadableReason }];
  /** A help code was issued; `issuedBy` is the name that the app gave for the person who issued it. */
  helpCodeIssued: [EventFacts & { minutes: number; mayReplaceNumber: boolean; issuedBy?: string }];
  /** A help code has let its user in. */
  helpCodeUsed: [EventFacts & { amr: readonly string[]; mayReplaceNumber: boolean }];
  /** A recovery code has let its user in; so many of its set are left. */
  recoveryCodeUsed: [EventFacts & { amr: readonly string[]; mayReplaceNumber: boolean; codesLeft: number }];
  /** A user has a new set of so many recovery codes; the one before is worth nothing. */
  recoveryCodesMade: [EventFacts & { codes: number }];
  /** An administrator has made the recovery codes of a user worthless. */
  recoveryCodesReset: [EventFacts];
  /** A help code or a recovery code opened nothing. `INVALID_CODE` means that one was compared and wrong. */
  withoutPhoneRefused: [EventFacts & { by: 'helpCode' | 'recoveryCode'; reason: SmsOtpErrorCode }];
  /** The user needs no code (`requiredFor`). */
  userExempt: [EventFacts];
  /** A browser is trusted from now on: a code was entered in it, and its box was ticked. */
  browserTrusted: [EventFacts];
  /** A sign-in by a trusted browser, after the password and without a code. */
  trustedBrowserUsed: [EventFacts];
  /**
   * A browser is trusted no longer. `copied`: a token that had been replaced was used again. `changed`: the numbers or the
   * password were changed in the directory. `ended`: the person or an administrator wished it.
   */
  trustedBrowserEnded: [EventFacts & { reason: TrustEnd }];
  /** Somebody left by the sign-out; the session has lost both factors. */
  signedOut: [EventFacts];
  /** All sessions of the user have lost both factors. */
  signedOutEverywhere: [EventFacts];
  /** `express-sms-otp/telemetry`: too few of the codes that went to a country, or to a block of numbers, come back. */
  conversionLow: [{ time: Date; country?: string; block?: string; route?: string; sent: number; verified: number }];
  /** A dependency could not say; the original is in the error's `cause`. */
  fault: [EventFacts & { code: SmsOtpErrorCode; error: Error }];
}

/** Tells listeners of an event. */
export type Notify = <Name extends keyof SmsOtpEvents>(name: Name, ...facts: SmsOtpEvents[Name]) => void;

/**
 * The way to tell listeners, and the log: whatever a listener does, now or later, the others hear and the sign-in goes
 * on.
 */
export function announce(events: EventEmitter<SmsOtpEvents>, logger: Logger): Notify {
  return (name, ...facts) => {
    const [{ time, ...rest }] = facts;
    if ('error' in rest) logger.error(`${rest.code}: ${causeOf(rest.error)}`);
    else logger.info(`${name} ${JSON.stringify(rest)}`);
    const onError = (error: unknown): void => logger.error(sayThrown(name, error));
    // Not by `emit`, which stops at the first that throws.
    for (const listener of (events as EventEmitter).rawListeners(name)) {
      try {
        Promise.resolve(listener.apply(events, facts)).catch(onError);
      } catch (error) {
        onError(error);
      }
    }
  };
}

function sayThrown(name: string, error: unknown): string {
  return `A listener of ${name} threw: ${error instanceof Error ? error.message : 'no Error'}`;
}

function causeOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : message;
}

/** A message of the channel `express-sms-otp:request`: one of our middlewares has answered, or let a request pass. */
export interface RequestMessage {
  /** The events of the instance: tells instances of one process apart. */
  readonly events: EventEmitter<SmsOtpEvents>;
  /** The middleware, as `verifyCode` or `requireSmsOtp`. */
  readonly action: string;
  /** `ok`, the code of the error, or `error` for what is no `SmsOtpError`. */
  readonly outcome: SmsOtpErrorCode | 'ok' | 'error';
}

/** A message of the channel `express-sms-otp:commit`: the shared state has answered, or could not. */
export interface CommitMessage {
  /** As in `RequestMessage`. */
  readonly events: EventEmitter<SmsOtpEvents>;
  /** `refused` is part of the work: a limit was reached, or another request was faster. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** From the question to the answer. */
  readonly milliseconds: number;
}

/** Channels of `node:diagnostics_channel`, which cost nothing without a subscriber. */
export const REQUESTS = channel('express-sms-otp:request');
export const COMMITS = channel('express-sms-otp:commit');

/** A shared state that tells the channel how long each commit takes. */
export function timedState(state: SharedState, events: CommitMessage['events']): SharedState {
  return {
    async commit(steps) {
      if (!COMMITS.hasSubscribers) return state.commit(steps);
      const startedAt = performance.now();
      let outcome: CommitMessage['outcome'] = 'failed';
      try {
        const result = await state.commit(steps);
        outcome = result.refusedBy === undefined ? 'done' : 'refused';
        return result;
      } finally {
        COMMITS.publish({ events, outcome, milliseconds: performance.now() - startedAt } satisfies CommitMessage);
      }
    },
  };
}
