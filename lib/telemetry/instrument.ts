import type { EventEmitter } from 'node:events';
import {
  type Attributes,
  context,
  type MeterProvider,
  metrics,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { z } from 'zod';
import type { Clock } from '../domain/ports.ts';
import type { SmsOtpErrorCode } from '../errors.ts';
import { announce, type SmsOtpEvents } from '../events.ts';
import type { SmsOtpHealth } from '../health.ts';
import { debugLogger } from '../log.ts';
import { checkOptions } from '../schema/check-options.ts';
import { callback, object } from '../schema/option-values.ts';
import type { SmppStats } from '../smpp/index.ts';
import { ConversionWatch, SLOT_SECONDS } from './conversion.ts';
import { countCodes, type Listeners, listen, measureSignIns, timeCodes } from './metrics.ts';
import { measureRequests, observeHealth, observeTransport } from './service-metrics.ts';

/** Options of `instrumentSmsOtp()`; all are optional. */
export interface TelemetryOptions {
  /**
   * The `SmppTransport` to observe.
   *
   * @default no metrics of its queue and its binds
   */
  readonly transport?: { stats(): SmppStats };
  /**
   * The alarm rises if a smaller share of codes comes back: 0 to 1; 0 turns it off.
   *
   * @default 0.3
   */
  readonly minConversion?: number;
  /**
   * The fewest codes sent in the window for an alarm, from 1.
   *
   * @default 20
   */
  readonly minSends?: number;
  /**
   * The sliding window of the alarm, in seconds: 60 to 86400.
   *
   * @default 3600
   */
  readonly windowSeconds?: number;
  /**
   * The alarm's clock.
   *
   * @default Date.now
   */
  readonly clock?: Clock;
  /**
   * Receives the metrics.
   *
   * @default the global one at the time of the call
   */
  readonly meterProvider?: MeterProvider;
  /**
   * Receives the spans.
   *
   * @default the global one
   */
  readonly tracerProvider?: TracerProvider;
}

const share = 'must be a number from 0 to 1';
const count = 'must be a whole number from 1';
const period = 'must be a whole number from 60 to 86400';

const telemetryOptions = z.strictObject({
  transport: object<NonNullable<TelemetryOptions['transport']>>('must be an SmppTransport', 'stats').optional(),
  minConversion: z.number(share).min(0, share).max(1, share).default(0.3),
  minSends: z.int(count).min(1, count).default(20),
  windowSeconds: z.int(period).min(60, period).max(86_400, period).default(3600),
  clock: callback<Clock>().default(() => Date.now),
  meterProvider: object<MeterProvider>('must be a MeterProvider', 'getMeter').optional(),
  tracerProvider: object<TracerProvider>('must be a TracerProvider', 'getTracer').optional(),
} satisfies Record<keyof TelemetryOptions, z.ZodType>);

type TelemetrySettings = z.output<typeof telemetryOptions>;

/** The handler that `smsOtp()` returns. */
interface Instrumented {
  readonly events: EventEmitter<SmsOtpEvents>;
  health(): Promise<SmsOtpHealth>;
}

const NAME = 'express-sms-otp';

/**
 * Metrics and spans by OpenTelemetry, and the alarm `conversionLow` on `otp.events`.
 *
 * @returns a function that stops all of it
 * @throws SmsOtpConfigError
 */
export function instrumentSmsOtp(otp: Instrumented, options: TelemetryOptions = {}): () => void {
  const settings = readTelemetryOptions(options);
  const { transport, meterProvider = metrics, tracerProvider = trace } = settings;
  const meter = meterProvider.getMeter(NAME);
  const listeners = [
    countCodes(meter),
    timeCodes(meter),
    ...measureSignIns(meter),
    traceCodes(tracerProvider.getTracer(NAME)),
  ];
  const stops = [
    ...listeners.map((it) => listen(otp.events, it)),
    watchConversion(otp.events, settings),
    measureRequests(meter, otp.events),
    observeHealth(meter, otp),
    ...(transport === undefined ? [] : [observeTransport(meter, transport)]),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The times in an event that has a duration. */
interface Ended {
  readonly time: Date;
  readonly milliseconds: number;
  readonly reason?: SmsOtpErrorCode;
}

/**
 * Creates spans after the fact, from the times in the events. An event is emitted while its request is being answered, so
 * its span is a child of the request's span.
 */
function traceCodes(tracer: Tracer): Listeners {
  const record = (
    name: string,
    kind: SpanKind,
    { time, milliseconds, reason }: Ended,
    attributes: Attributes,
  ): void => {
    const startTime = new Date(time.getTime() - milliseconds);
    const span = tracer.startSpan(name, { kind, startTime, attributes }, context.active());
    if (reason !== undefined) span.setAttribute('error.type', reason);
    // A wrong code is not an error of this service.
    if (reason?.endsWith('_UNAVAILABLE')) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(time);
  };
  const send = (facts: Ended, attributes: Attributes): void =>
    record('sms_otp.send', SpanKind.CLIENT, facts, attributesOf(attributes));
  const verify = (facts: Ended, attributes: Attributes): void =>
    record('sms_otp.verify', SpanKind.INTERNAL, facts, attributesOf(attributes));
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

/** Repeats of a code do not count: it can come back only once. */
function watchConversion(events: EventEmitter<SmsOtpEvents>, settings: TelemetrySettings): () => void {
  const notify = announce(events, debugLogger('telemetry'));
  const watch = new ConversionWatch({ ...settings, onLow: (facts) => notify('conversionLow', facts) });
  const listeners: Listeners = {
    codeSent: (facts) => {
      if (!facts.resend) watch.count('sent', facts);
    },
    codeAccepted: (facts) => watch.count('verified', facts),
  };
  const stop = listen(events, listeners);
  const timer = setInterval(() => watch.look(), SLOT_SECONDS * 1000).unref();
  return () => {
    clearInterval(timer);
    stop();
  };
}

/** @throws SmsOtpConfigError with all problems */
export function readTelemetryOptions(options: TelemetryOptions): TelemetrySettings {
  return checkOptions(telemetryOptions, options, 'instrumentSmsOtp');
}
