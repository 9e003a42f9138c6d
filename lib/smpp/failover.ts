import type { SendResult } from '../domain/ports.ts';
import type { Outcome } from './outcome.ts';
import type { Smsc } from './smsc.ts';
import type { Attempt } from './submit-queue.ts';

/**
 * How often one message may go on to another SMSC after such an outcome. A definite refusal cannot lead to a second
 * SMS; a lost answer can, with the same text, and therefore only once.
 */
const FAILOVERS: Readonly<Record<Exclude<Outcome['kind'], 'ok'>, number>> = {
  throttled: Number.POSITIVE_INFINITY,
  session: Number.POSITIVE_INFINITY,
  route: Number.POSITIVE_INFINITY,
  config: Number.POSITIVE_INFINITY,
  transient: 1,
  lost: 1,
  number: 0,
  bug: 0,
};

/** One message's way from SMSC to SMSC, and what is to be said of it in the end. */
export class Failover {
  /** Each SMSC gets a message once. */
  readonly tried: Smsc[] = [];
  readonly #outcomes: Outcome['kind'][] = [];
  readonly #reasons: string[] = [];
  #result: SendResult | undefined;

  /** @returns whether another SMSC may get the message */
  record({ smsc, outcome }: Attempt): boolean {
    this.tried.push(smsc);
    if (outcome.kind === 'ok') {
      const { messageId } = outcome;
      this.#result = { status: 'accepted', smsc: smsc.name, ...(messageId !== '' && { messageId }) };
      return false;
    }
    this.#reasons.push(`${smsc.name} ${outcome.reason}`);
    if (outcome.kind === 'number') this.#result ??= { status: 'refused', reason: 'number' };
    if (outcome.kind === 'lost' || outcome.isBegun) this.#result ??= { status: 'unknown', smsc: smsc.name };
    this.#outcomes.push(outcome.kind);
    return this.#outcomes.filter((kind) => kind === outcome.kind).length <= FAILOVERS[outcome.kind];
  }

  /** @throws Error with all reasons where the message surely was not sent. */
  result(furtherReason?: string): SendResult {
    if (this.#result !== undefined) return this.#result;
    throw new Error([...this.#reasons, ...(furtherReason === undefined ? [] : [furtherReason])].join('; '));
  }
}
