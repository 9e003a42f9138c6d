export { instrumentSmsOtp } from './instrument.ts';
export type { TelemetryOptions } from './telemetry-options.ts';
