import { type Attributes, context, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { SmsOtpErrorCode } from '../errors.ts';
import type { Listeners } from './metrics.ts';

interface Ended {
  readonly time: Date;
  readonly milliseconds: number;
  readonly reason?: SmsOtpErrorCode;
}

/**
 * Creates spans after the fact, from the times in the events. An event is emitted while its request is being answered, so
 * its span is a child of the request's span.
 */
export function traceCodes(tracer: Tracer): Listeners {
  const trace = (name: string, kind: SpanKind, { time, milliseconds, reason }: Ended, attributes: Attributes): void => {
    const startTime = new Date(time.getTime() - milliseconds);
    const span = tracer.startSpan(name, { kind, startTime, attributes }, context.active());
    if (reason !== undefined) span.setAttribute('error.type', reason);
    // A wrong code is not an error of this service.
    if (reason?.endsWith('_UNAVAILABLE')) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(time);
  };
  const send = (facts: Ended, attributes: Attributes): void =>
    trace('sms_otp.send', SpanKind.CLIENT, facts, attributesOf(attributes));
  const verify = (facts: Ended, attributes: Attributes): void =>
    trace('sms_otp.verify', SpanKind.INTERNAL, facts, attributesOf(attributes));
  return {
    codeSent: ({ purpose, country, smsc, route, status, resend, ...facts }) =>
      send(facts, { purpose, country, smsc, route, status, resend }),
    sendRefused: ({ purpose, country, ...facts }) => send(facts, { purpose, country }),
    codeAccepted: ({ purpose, country, smsc, route, browser, ...facts }) =>
      verify(facts, { purpose, country, smsc, route, browser }),
    codeRefused: ({ purpose, country, ...facts }) => verify(facts, { purpose, country }),
  };
}

function attributesOf(attributes: Attributes): Attributes {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [`sms_otp.${name}`, value]));
}
