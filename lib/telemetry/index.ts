export { instrumentSmsOtp, type TelemetryOptions } from './instrument.ts';
