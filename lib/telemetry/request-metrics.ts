import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Meter } from '@opentelemetry/api';
import { COMMITS, type CommitMessage, REQUESTS, type RequestMessage } from '../channels.ts';
import type { SmsOtpEvents } from '../events.ts';
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
