import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { z } from 'zod';
import type { Clock } from '../domain/ports.ts';
import { checkOptions } from '../schema/check-options.ts';
import { callback, object } from '../schema/option-values.ts';
import type { SmppStats } from '../smpp/index.ts';

/** What is measured, where it goes, and when the alarm on pumped SMS comes; all of it may be left out. */
export interface TelemetryOptions {
  /** [absent: no metrics of its queue and its binds] The `SmppTransport`. */
  readonly transport?: { stats(): SmppStats };
  /** [0.3] The share of codes, from 0 to 1, that must come back; 0 switches the alarm off. */
  readonly minConversion?: number;
  /** [20] The alarm needs so many codes sent in the window, from 1. */
  readonly minSends?: number;
  /** [3600] The window of the alarm, which slides: 60 to 86400. */
  readonly windowSeconds?: number;
  /** [Date.now] The clock of the alarm. */
  readonly clock?: Clock;
  /** [the global one at this moment] Where the metrics go. */
  readonly meterProvider?: MeterProvider;
  /** [the global one] Where the spans go. */
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

export type TelemetrySettings = z.output<typeof telemetryOptions>;

/** @throws SmsOtpConfigError with all problems */
export function readTelemetryOptions(options: TelemetryOptions): TelemetrySettings {
  return checkOptions(telemetryOptions, options, 'instrumentSmsOtp');
}
