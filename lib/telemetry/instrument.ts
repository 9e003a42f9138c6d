import type { EventEmitter } from 'node:events';
import { metrics, trace } from '@opentelemetry/api';
import { announce, type SmsOtpEvents } from '../events.ts';
import { debugLogger } from '../log.ts';
import { countCodes, timeCodes } from './code-metrics.ts';
import { ConversionWatch, SLOT_SECONDS } from './conversion-watch.ts';
import { type Listeners, listen } from './listeners.ts';
import { measureSignIns } from './sign-in-metrics.ts';
import { observeTransport } from './smpp-metrics.ts';
import { traceCodes } from './spans.ts';
import { readTelemetryOptions, type TelemetryOptions, type TelemetrySettings } from './telemetry-options.ts';

/** What `smsOtp()` gives: only its events are listened to. */
interface Instrumented {
  readonly events: EventEmitter<SmsOtpEvents>;
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
    ...(transport === undefined ? [] : [observeTransport(meter, transport)]),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** A code that is sent again can come back only once: repeats do not count. */
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
