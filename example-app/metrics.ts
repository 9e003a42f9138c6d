import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { RequestHandler } from 'express';
import type { SmsOtp } from 'express-sms-otp';
import type { SmppTransport } from 'express-sms-otp/smpp';
import { instrumentSmsOtp } from 'express-sms-otp/telemetry';

/** The metrics of this process, as Prometheus reads them. */
export interface Metrics {
  readonly answer: RequestHandler;
  stop(): void;
}

export function createMetrics(otp: SmsOtp, transport: SmppTransport): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const stop = instrumentSmsOtp(otp, { transport, meterProvider });
  return { answer: (req, res) => exporter.getMetricsRequestHandler(req, res), stop };
}
