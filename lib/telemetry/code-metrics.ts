import type { Meter } from '@opentelemetry/api';
import { createCounter, createTimer, placeOf } from './instruments.ts';
import type { Listeners } from './listeners.ts';

/** Seconds: from an SMSC next door to the longest send. */
const MACHINE = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds: from a phone in the hand to the end of the longest life of a code. */
const NETWORK = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

/** The funnel: what becomes of codes, from the wish for one to the right one. */
export function countCodes(meter: Meter): Listeners {
  const counter = (name: string, description: string) => createCounter(meter, `sms_otp.codes.${name}`, description);
  const requested = counter('requested', 'Codes that somebody asked for');
  const notSent = counter('not_sent', 'Codes that were asked for and not sent, by the reason');
  const accepted = counter('accepted', 'Codes that an SMSC took, or may have');
  const delivered = counter('delivered', 'Receipts that say that an SMS has arrived');
  const undelivered = counter('undelivered', 'Receipts that say that it has not, or that nobody knows');
  const verified = counter('verified', 'Codes that came back, and were right');
  const refused = counter('refused', 'Codes that came back and opened nothing, by the reason');
  return {
    codeSent: ({ purpose, status, resend, ...facts }) => {
      const { country, smsc } = placeOf(facts);
      requested.add(1, { country, purpose });
      accepted.add(1, { country, smsc, purpose, status, resend });
    },
    sendRefused: ({ purpose, reason, ...facts }) => {
      const { country } = placeOf(facts);
      requested.add(1, { country, purpose });
      notSent.add(1, { country, purpose, reason });
    },
    deliveryReported: ({ state, ...facts }) => {
      if (state === 'delivered') delivered.add(1, placeOf(facts));
      else undelivered.add(1, { ...placeOf(facts), state });
    },
    codeAccepted: ({ purpose, browser = 'unknown', ...facts }) =>
      verified.add(1, { ...placeOf(facts), purpose, browser }),
    codeRefused: ({ purpose = 'unknown', reason }) => refused.add(1, { purpose, reason }),
  };
}

/** How long it takes, in seconds. */
export function timeCodes(meter: Meter): Listeners {
  const submit = createTimer(meter, 'sms_otp.submit.duration', "From a send to the SMSC's answer", MACHINE);
  const delivery = createTimer(meter, 'sms_otp.delivery.duration', 'From a send to the receipt', NETWORK);
  const entry = createTimer(meter, 'sms_otp.entry.duration', 'From the last send to the right code', NETWORK);
  const check = createTimer(meter, 'sms_otp.check.duration', 'The check of a code', MACHINE);
  return {
    codeSent: ({ milliseconds, ...facts }) => submit.record(milliseconds / 1000, placeOf(facts)),
    deliveryReported: ({ milliseconds, state, ...facts }) => {
      if (milliseconds !== undefined) delivery.record(milliseconds / 1000, { ...placeOf(facts), state });
    },
    codeAccepted: ({ milliseconds, seconds, ...facts }) => {
      check.record(milliseconds / 1000, { outcome: 'accepted' });
      if (seconds !== undefined) entry.record(seconds, placeOf(facts));
    },
    codeRefused: ({ milliseconds, reason }) => check.record(milliseconds / 1000, { outcome: reason }),
  };
}
