import type { EventEmitter } from 'node:events';
import type { SmsOtpEvents } from '../../lib/index.ts';

const EVENTS: Readonly<Record<keyof SmsOtpEvents, true>> = {
  firstFactorAccepted: true,
  firstFactorRefused: true,
  codeSent: true,
  sendRefused: true,
  smsBudgetUsed: true,
  deliveryReported: true,
  codeAccepted: true,
  codeRefused: true,
  factorLocked: true,
  locked: true,
  unlocked: true,
  numberAdded: true,
  numberRemoved: true,
  browserTrusted: true,
  trustedBrowserUsed: true,
  trustedBrowserEnded: true,
  numberUnreadable: true,
  noticeFailed: true,
  helpCodeIssued: true,
  helpCodeUsed: true,
  recoveryCodeUsed: true,
  recoveryCodesMade: true,
  recoveryCodesReset: true,
  withoutPhoneRefused: true,
  userExempt: true,
  signedOut: true,
  signedOutEverywhere: true,
  conversionLow: true,
  fault: true,
};

export const EVENT_NAMES = Object.keys(EVENTS) as (keyof SmsOtpEvents)[];

/** An event that came, under its name. */
export type Heard = Readonly<Record<string, unknown>> & { readonly event: keyof SmsOtpEvents };

/** Everything that is told from here on. */
export function hearAll(events: EventEmitter<SmsOtpEvents>): Heard[] {
  const heard: Heard[] = [];
  const emitter: EventEmitter = events;
  for (const event of EVENT_NAMES) emitter.on(event, (facts: object) => void heard.push({ event, ...facts }));
  return heard;
}
