import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { BatchObservableCallback, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import { COMMITS, type CommitMessage, REQUESTS, type RequestMessage, type SmsOtpEvents } from '../events.ts';
import type { SmsOtpHealth } from '../health.ts';
import type { RouteStats, SmppStats, SmscStats } from '../smpp/index.ts';
import { createCounter, createTimer, MACHINE } from './metrics.ts';

/**
 * Counts requests and times commits of one instance.
 *
 * @returns a function that ends it
 */
export function measureRequests(meter: Meter, events: EventEmitter<SmsOtpEvents>): () => void {
  const requests = createCounter(meter, 'sms_otp.requests', 'Requests to a middleware, by their outcome');
  const commits = createTimer(meter, 'sms_otp.commit.duration', 'The answer of the shared state', MACHINE);
  const onRequest = (message: unknown): void => {
    const { events: whose, action, outcome } = message as RequestMessage;
    if (whose === events) requests.add(1, { action, outcome });
  };
  const onCommit = (message: unknown): void => {
    const { events: whose, outcome, milliseconds } = message as CommitMessage;
    if (whose === events) commits.record(milliseconds / 1000, { outcome });
  };
  subscribe(REQUESTS.name, onRequest);
  subscribe(COMMITS.name, onCommit);
  return () => {
    unsubscribe(REQUESTS.name, onRequest);
    unsubscribe(COMMITS.name, onCommit);
  };
}

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
    submits: counter('submits', 'How often a message was given to the SMSC'),
    throttled: counter('throttled', 'How often it refused one as too much'),
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
