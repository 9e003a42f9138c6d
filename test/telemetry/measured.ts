import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { instrumentSmsOtp, type TelemetryOptions } from '../../lib/telemetry/index.ts';
import { type TestApp, type TestAppSetup, testApp } from '../support/app.ts';

interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

export interface Measured extends TestApp {
  stop(): void;
  /** All points by the metric's name, without the zeros that each counter begins with. */
  points(): Promise<Readonly<Record<string, readonly Point[]>>>;
}

/** An app whose metrics can be read. */
export function measuredApp(setup: TestAppSetup = {}, options: TelemetryOptions = {}): Measured {
  const app = testApp(setup);
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const stop = instrumentSmsOtp(app.otp, { clock: app.clock.now, meterProvider, ...options });
  return {
    ...app,
    stop,
    async points() {
      const { resourceMetrics } = await reader.collect();
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      const entries = metrics.map(({ descriptor, dataPoints }) => {
        const points = dataPoints.map(({ attributes, value }) => ({ attributes, value }));
        return [descriptor.name, points.filter(({ value }) => value !== 0)] as const;
      });
      return Object.fromEntries(entries);
    },
  };
}
