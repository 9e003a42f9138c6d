import type { EventEmitter } from 'node:events';
import type { Config } from '../config.ts';
import type { EventFacts } from '../domain/event-facts.ts';
import type { History } from '../domain/history.ts';
import type { Clock } from '../domain/ports.ts';
import type { SecondFactor } from '../domain/second-factor.ts';
import { SmsOtpError } from '../errors.ts';
import type { Notify, SmsOtpEvents } from '../events.ts';
import type { DomainDeps } from './compose.ts';

/** Receives errors of background work. The request has already been answered; the work is done or expires on its own. */
export function reportBackgroundErrors(
  notify: Notify,
  clock: Clock,
  { logger }: Pick<Config, 'logger'>,
): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof SmsOtpError) notify('fault', { time: new Date(clock()), code: error.code, error });
    // Its message may quote what could not be read: a record with a number in it.
    else logger.error(`Something failed after its answer: ${error instanceof Error ? error.name : 'no Error'}`);
  };
}

/** Receipts go into the shared state: the person may be waiting at another process. */
export function listenForReceipts(
  { transport }: Pick<Config, 'transport'>,
  { deliveries }: Pick<SecondFactor, 'deliveries'>,
  { notify, clock, onBackgroundError }: Pick<DomainDeps, 'notify' | 'clock' | 'onBackgroundError'>,
): void {
  transport.onReceipt?.(async (receipt) => {
    const { smsc, state, reason } = receipt;
    const time = new Date(clock());
    const known = await deliveries.receive(receipt).catch(onBackgroundError);
    notify('deliveryReported', {
      time,
      smsc,
      state,
      ...(reason !== undefined && { reason }),
      ...known,
    });
  });
}

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
