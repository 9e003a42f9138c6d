import type { SmsOtpError } from '../errors.ts';
import type { SendResult } from './ports.ts';
import type { SendOrder } from './send-order.ts';

/** A message that the transport took, or may have taken. */
export type Sent = Extract<SendResult, { status: 'accepted' | 'unknown' }>;

/** Who hears of what became of a send. */
export interface DispatchReport {
  /** `milliseconds` are those of the transport. */
  sent(order: SendOrder, result: Sent, how: { readonly milliseconds: number; readonly isResend: boolean }): void;
  /** `milliseconds` are those of the whole. */
  refused(order: SendOrder, error: SmsOtpError, milliseconds: number): void;
  /** The message is out, but what is known of it could not be kept. */
  forgotten(error: unknown): void;
}
