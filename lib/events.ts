import { EventEmitter } from 'node:events';
import type { Purpose } from './domain/challenge.ts';
import type { SmsOtpErrorCode } from './errors.ts';
import type { Logger } from './log.ts';

/** What every event says of its request; nothing in it is secret, no number is in it. */
export interface EventFacts {
  readonly time: Date;
  /** The user's stable id, where one is known. */
  readonly userId?: string;
  /** The client's address as Express says it (`req.ip`, under the app's own `trust proxy`). */
  readonly address?: string;
}

/** Events by name, with what their listeners are given. A listener that throws changes nothing. */
export interface SmsOtpEvents {
  /** The first factor was right. */
  firstFactorAccepted: [EventFacts];
  /** A name or a password was wrong, or was not looked at. */
  firstFactorRefused: [EventFacts & { reason: SmsOtpErrorCode }];
  /** The transport took the message, or may have. `number` is a keyed hash of the phone number. */
  codeSent: [EventFacts & { purpose: Purpose; number: string; smsc?: string; status: 'accepted' | 'unknown' }];
  /** No message went out. */
  sendRefused: [EventFacts & { purpose: Purpose; number: string; reason: SmsOtpErrorCode }];
  /** So much of `smsPerDay` is used up now: 50, 80 or 100 per cent. */
  smsBudgetUsed: [{ time: Date; percent: number }];
  /** The network says what became of a message. */
  deliveryReported: [{ time: Date; smsc: string; state: 'delivered' | 'failed' | 'unknown'; reason?: string }];
  /** A code was compared and right; the session has both factors. */
  codeAccepted: [EventFacts & { purpose: Purpose }];
  /** `INVALID_CODE` means that a code was compared and wrong; any other reason, that none was compared. */
  codeRefused: [EventFacts & { purpose?: Purpose; reason: SmsOtpErrorCode }];
  /** A number was written to the user store. `number` is a keyed hash of it. */
  numberAdded: [EventFacts & { number: string }];
  /** A number was removed from the user store. `number` is a keyed hash of it. */
  numberRemoved: [EventFacts & { number: string }];
  /** A number that should have been told of a change could not be. */
  noticeFailed: [EventFacts & { number: string; reason: string }];
  /** The user needs no code (`requiredFor`). */
  userExempt: [EventFacts];
  /** Somebody left by the sign-out; the session has lost both factors. */
  signedOut: [EventFacts];
  /** A dependency could not say; the original is in the error's `cause`. */
  fault: [{ time: Date; code: SmsOtpErrorCode; error: Error }];
}

/** Tells listeners of an event. */
export type Notify = <Name extends keyof SmsOtpEvents>(name: Name, ...facts: SmsOtpEvents[Name]) => void;

/** Whatever a listener does later, the process goes on. */
export function createEvents(logger: Logger): EventEmitter<SmsOtpEvents> {
  const events = new EventEmitter<SmsOtpEvents>({ captureRejections: true });
  const onRejection = (error: unknown, name: string): void => logger.error(sayThrown(name, error));
  return Object.assign(events, { [Symbol.for('nodejs.rejection')]: onRejection });
}

/** The way to tell listeners, and the log: whatever a listener does, the sign-in goes on. */
export function announce(events: EventEmitter<SmsOtpEvents>, logger: Logger): Notify {
  return (name, ...facts) => {
    const [{ time, ...rest }] = facts;
    if ('error' in rest) logger.error(`${rest.code}: ${causeOf(rest.error)}`);
    else logger.info(`${name} ${JSON.stringify(rest)}`);
    try {
      (events as EventEmitter).emit(name, ...facts);
    } catch (error) {
      logger.error(sayThrown(name, error));
    }
  };
}

function sayThrown(name: string, error: unknown): string {
  return `A listener of ${name} threw: ${error instanceof Error ? error.message : 'no Error'}`;
}

function causeOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : message;
}
