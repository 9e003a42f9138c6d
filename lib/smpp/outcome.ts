import type { Pdu } from './codec.ts';
import { classOf, describeStatus, type StatusClass, type StatusClasses } from './command-status.ts';
import { normaliseMessageId } from './message-ids.ts';
import { LostAnswer } from './pending-answers.ts';

/** What became of a submit at one SMSC. `lost`: the request was written, and there is no telling. */
export type Outcome = { readonly kind: 'ok'; readonly messageId: string } | Failure;

interface Failure {
  readonly kind: Exclude<StatusClass, 'ok'> | 'lost';
  readonly reason: string;
  /** Whether the SMSC has accepted earlier parts of the message: it cannot be said to have nothing of it. */
  readonly isBegun?: boolean;
}

/** Reads the answer to a submit. Only a `submit_sm_resp` with status 0 is a success. */
export function readAnswer({ command, status, fields }: Pdu, ownClasses?: StatusClasses): Outcome {
  const kind = classOf(status, ownClasses);
  if (kind !== 'ok') return { kind, reason: `refused the message: ${describeStatus(status)}` };
  if (command !== 'submit_sm_resp') return { kind: 'transient', reason: `refused the message: ${command}` };
  return { kind, messageId: normaliseMessageId(fields.message_id) };
}

/** What a submit that rejected means. */
export function readFault(error: unknown): Failure {
  const reason = error instanceof Error ? error.message : 'unknown';
  if (error instanceof LostAnswer) return { kind: 'lost', reason: `may or may not have the message: ${reason}` };
  return { kind: 'session', reason: `did not get the message: ${reason}` };
}
