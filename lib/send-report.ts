import type { DispatchReport } from './domain/dispatch.ts';
import type { Keyring } from './domain/keyring.ts';
import type { Clock } from './domain/ports.ts';
import type { SendOrder } from './domain/send-order.ts';
import { SmsOtpError } from './errors.ts';
import type { EventFacts, Notify } from './events.ts';

interface Needs {
  readonly notify: Notify;
  readonly clock: Clock;
  readonly keyring: Keyring;
}

/** Tells of sends as events; a number appears as its pseudonym only. */
export function reportSends({ notify, clock, keyring }: Needs): DispatchReport {
  const facts = ({
    user,
    ip,
    purpose,
    number,
  }: SendOrder): EventFacts & { purpose: typeof purpose; number: string } => ({
    time: new Date(clock()),
    userId: user.id,
    ...(ip === undefined ? {} : { address: ip }),
    purpose,
    number: keyring.pseudonym(number),
  });
  return {
    sent: (order, { status, smsc }) =>
      notify('codeSent', { ...facts(order), status, ...(smsc === undefined ? {} : { smsc }) }),
    refused: (order, { code }) => notify('sendRefused', { ...facts(order), reason: code }),
    forgotten: (error) => {
      if (error instanceof SmsOtpError) notify('fault', { time: new Date(clock()), code: error.code, error });
    },
  };
}
