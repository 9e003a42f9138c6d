import type { Bind } from './bind.ts';
import type { Pdu } from './codec.ts';
import { type Outcome, readAnswer, readFault } from './outcome.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { Submission } from './submission.ts';
import type { MessageFields } from './submit-sm.ts';
import { validityPeriod } from './validity-period.ts';

const INVALID_COMMAND_LENGTH = 0x02;
const INVALID_BIND_STATE = 0x04;
const INVALID_PRIORITY = 0x06;
const SMSC_DELIVERY_RECEIPT = 1;

/** Submits messages as one SMSC wants them. */
export class Submitter {
  readonly #smsc: SmscSettings;
  readonly #answerMilliseconds: number;
  #priority: number;

  /** No answer is waited for any longer. */
  constructor(smsc: SmscSettings, answerMilliseconds: number) {
    this.#smsc = smsc;
    this.#answerMilliseconds = answerMilliseconds;
    this.#priority = smsc.priority;
  }

  /** Sends the parts one after the other, and tells what became of the message; never rejects. */
  async submit(bind: Bind, submission: Submission): Promise<Outcome> {
    let outcome: Outcome = { kind: 'bug', reason: 'was given nothing to send' };
    let isBegun = false;
    try {
      for (const part of submission.parts) {
        const answer = await this.#submitPart(bind, part, submission);
        if (answer.status === INVALID_COMMAND_LENGTH || answer.status === INVALID_BIND_STATE) {
          bind.destroy(new SmscFailure('it lost track of the session'));
        }
        outcome = readAnswer(answer, this.#smsc.statusClasses);
        if (outcome.kind !== 'ok') return { ...outcome, isBegun };
        isBegun = true;
      }
      // An id is of use only where receipts name it.
      return outcome.kind === 'ok' && !bind.hasReceipts ? { kind: 'ok', messageId: '' } : outcome;
    } catch (error) {
      return { ...readFault(error), isBegun };
    }
  }

  async #submitPart(bind: Bind, part: MessageFields, submission: Submission): Promise<Pdu> {
    const now = Date.now();
    const priority = this.#priority;
    const isLast = part === submission.parts.at(-1);
    const delivery = {
      service_type: this.#smsc.serviceType,
      priority_flag: priority,
      validity_period: validityPeriod(submission.expiresAt - now, this.#smsc.validityPeriod, now),
      registered_delivery: isLast && bind.hasReceipts ? SMSC_DELIVERY_RECEIPT : 0,
    };
    const answer = await bind.submit(part, delivery, Math.min(this.#answerMilliseconds, submission.deadline - now));
    if (answer.status !== INVALID_PRIORITY || priority === 0) return answer;
    this.#priority = 0;
    return this.#submitPart(bind, part, submission);
  }
}
