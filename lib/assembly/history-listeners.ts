import type { EventEmitter } from 'node:events';
import type { History } from '../domain/history.ts';
import type { EventFacts, SmsOtpEvents } from '../events.ts';

/** Events whose name says it all. */
const PLAIN = [
  'codeAccepted',
  'factorLocked',
  'locked',
  'unlocked',
  'numberAdded',
  'numberRemoved',
  'noticeFailed',
  'userExempt',
  'signedOutEverywhere',
  'helpCodeIssued',
  'helpCodeUsed',
  'recoveryCodeUsed',
  'recoveryCodesMade',
  'recoveryCodesReset',
  'browserTrusted',
  'trustedBrowserUsed',
] as const;

/** From now on what happens to people is kept for support. */
export function keepHistory(events: EventEmitter<SmsOtpEvents>, history: History): void {
  if (history.isOn) return;
  history.isOn = true;
  const note = (userId: string | undefined, event: string, reason?: string): void => {
    // Nobody was meant, or nobody can tell who: a name that was only typed is not kept.
    if (userId !== undefined) history.note(userId, reason === undefined ? event : `${event}:${reason}`);
  };
  for (const event of PLAIN) events.on(event, ({ userId }: EventFacts) => note(userId, event));
  events.on('firstFactorRefused', ({ userId, reason, refusal }) =>
    note(userId, 'firstFactorRefused', refusal ?? reason),
  );
  events.on('sendRefused', ({ userId, reason }) => note(userId, 'sendRefused', reason));
  events.on('codeRefused', ({ userId, reason }) => note(userId, 'codeRefused', reason));
  events.on('withoutPhoneRefused', ({ userId, reason }) => note(userId, 'withoutPhoneRefused', reason));
  events.on('trustedBrowserEnded', ({ userId, reason }) => note(userId, 'trustedBrowserEnded', reason));
  events.on('numberUnreadable', ({ userId, reason }) => note(userId, 'numberUnreadable', reason));
  events.on('fault', ({ code }) => {
    // While the state is down, nothing can be kept in it.
    if (code !== 'STATE_UNAVAILABLE') history.note(undefined, `fault:${code}`);
  });
}
