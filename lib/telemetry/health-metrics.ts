import type { BatchObservableCallback, Meter } from '@opentelemetry/api';
import type { SmsOtpHealth } from '../health.ts';

/**
 * Observes how the dependencies are. A scrape must not wait for one that hangs: each asks anew, and tells what the one
 * before has learned.
 *
 * @returns a function that ends it
 */
export function observeHealth(meter: Meter, otp: { health(): Promise<SmsOtpHealth> }): () => void {
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`sms_otp.dependency.${name}`, { description });
  const up = gauge('up', '1 if the dependency works, if only in part; 0 if it is down');
  const degraded = gauge('degraded', '1 if the dependency works in part');
  let known: SmsOtpHealth['dependencies'] | undefined;
  const ask = async (): Promise<void> => {
    known = (await otp.health()).dependencies;
  };
  const observe: BatchObservableCallback = (result) => {
    for (const [dependency, { status }] of Object.entries(known ?? {})) {
      result.observe(up, status === 'down' ? 0 : 1, { dependency });
      result.observe(degraded, status === 'degraded' ? 1 : 0, { dependency });
    }
    // An app may hand in an object of its own, whose health() rejects: the next scrape asks again.
    ask().catch(() => undefined);
  };
  meter.addBatchObservableCallback(observe, [up, degraded]);
  return () => meter.removeBatchObservableCallback(observe, [up, degraded]);
}
