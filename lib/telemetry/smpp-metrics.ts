import type { BatchObservableCallback, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import type { RouteStats, SmppStats, SmscStats } from '../smpp/index.ts';

/**
 * Observes the transport's own figures.
 *
 * @returns a function that ends it
 */
export function observeTransport(meter: Meter, transport: { stats(): SmppStats }): () => void {
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`sms_otp.smpp.${name}`, { description });
  const counter = (name: string, description: string) =>
    meter.createObservableCounter(`sms_otp.smpp.${name}`, { description });
  const waiting = gauge('waiting', 'Messages that wait for room at an SMSC');
  const overdue = counter('overdue', 'Messages that were dropped because no SMSC had room in time');
  const bySmsc: Readonly<Record<keyof SmscStats, Observable>> = {
    bound: gauge('bound', 'Sessions that are bound'),
    inFlight: gauge('in_flight', 'Messages in the window, waiting for their answers'),
    submits: counter('submits', 'Messages that were given to the SMSC'),
    throttled: counter('throttled', 'Messages that it refused as too many'),
    lateAnswers: counter('late_answers', 'Answers that came after their deadline'),
  };
  const byRoute = counter('messages', 'Messages of a route, by what became of them');
  const observe: BatchObservableCallback = (result) => {
    const stats = transport.stats();
    result.observe(waiting, stats.waiting);
    result.observe(overdue, stats.overdue);
    for (const [smsc, values] of Object.entries(stats.smscs)) {
      for (const [name, instrument] of entriesOf(bySmsc)) result.observe(instrument, values[name], { smsc });
    }
    observeRoutes(result, byRoute, stats);
  };
  const instruments = [waiting, overdue, byRoute, ...Object.values(bySmsc)];
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}

function observeRoutes(result: BatchObservableResult, byRoute: Observable, { routes }: SmppStats): void {
  for (const [route, values] of Object.entries(routes)) {
    for (const [outcome, value] of entriesOf<keyof RouteStats, number>(values)) {
      result.observe(byRoute, value, { route, result: outcome });
    }
  }
}

function entriesOf<Name extends string, Value>(record: Readonly<Record<Name, Value>>): readonly [Name, Value][] {
  return Object.entries(record) as [Name, Value][];
}
