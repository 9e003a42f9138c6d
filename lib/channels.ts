import { channel } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { SharedState } from './domain/shared-state.ts';
import type { SmsOtpErrorCode } from './errors.ts';
import type { SmsOtpEvents } from './events.ts';

/** A message of the channel `express-sms-otp:request`: one of our middlewares has answered, or let a request pass. */
export interface RequestMessage {
  /** The events of the instance: tells instances of one process apart. */
  readonly events: EventEmitter<SmsOtpEvents>;
  /** The middleware, as `verifyCode` or `requireSmsOtp`. */
  readonly action: string;
  /** `ok`, the code of the error, or `error` for what is no `SmsOtpError`. */
  readonly outcome: SmsOtpErrorCode | 'ok' | 'error';
}

/** A message of the channel `express-sms-otp:commit`: the shared state has answered, or could not. */
export interface CommitMessage {
  /** As in `RequestMessage`. */
  readonly events: EventEmitter<SmsOtpEvents>;
  /** `refused` is part of the work: a limit was reached, or another request was faster. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** From the question to the answer. */
  readonly milliseconds: number;
}

/** Channels of `node:diagnostics_channel`, which cost nothing without a subscriber. */
export const REQUESTS = channel('express-sms-otp:request');
export const COMMITS = channel('express-sms-otp:commit');

/** A shared state that tells the channel how long each commit takes. */
export function timedState(state: SharedState, events: CommitMessage['events']): SharedState {
  return {
    async commit(steps) {
      if (!COMMITS.hasSubscribers) return state.commit(steps);
      const startedAt = performance.now();
      let outcome: CommitMessage['outcome'] = 'failed';
      try {
        const result = await state.commit(steps);
        outcome = result.refusedBy === undefined ? 'done' : 'refused';
        return result;
      } finally {
        COMMITS.publish({ events, outcome, milliseconds: performance.now() - startedAt } satisfies CommitMessage);
      }
    },
  };
}
