import type { Bind } from './bind.ts';
import type { Pdu, PduFields } from './codec.ts';
import type { StatusClasses } from './command-status.ts';
import { type Outcome, readAnswer, readFault } from './outcome.ts';
import { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-settings.ts';

const INVALID_COMMAND_LENGTH = 0x02;
const INVALID_BIND_STATE = 0x04;
const INVALID_PRIORITY = 0x06;

/** Submits messages as one SMSC wants them. */
export class Submitter {
  readonly #serviceType: string;
  readonly #statusClasses: StatusClasses;
  readonly #longestAnswer: number;
  #priority: number;

  /** The time is in milliseconds. */
  constructor({ serviceType, priority, statusClasses }: SmscSettings, longestAnswer: number) {
    this.#serviceType = serviceType;
    this.#statusClasses = statusClasses;
    this.#longestAnswer = longestAnswer;
    this.#priority = priority;
  }

  /**
   * Sends the parts one after the other, and tells what became of the message; never rejects. The deadline is in
   * milliseconds since 1970.
   */
  async submit(bind: Bind, parts: readonly PduFields[], deadline: number): Promise<Outcome> {
    let outcome: Outcome = { kind: 'bug', reason: 'was given nothing to send' };
    try {
      for (const part of parts) {
        const answer = await this.#submitPart(bind, part, deadline);
        if (answer.status === INVALID_COMMAND_LENGTH || answer.status === INVALID_BIND_STATE) {
          bind.destroy(new SmscFailure('it lost track of the session'));
        }
        outcome = readAnswer(answer, this.#statusClasses);
        if (outcome.kind !== 'ok') break;
      }
      // An id is of use only where receipts name it.
      return outcome.kind === 'ok' && !bind.hasReceipts ? { kind: 'ok', messageId: '' } : outcome;
    } catch (error) {
      return readFault(error);
    }
  }

  async #submitPart(bind: Bind, part: PduFields, deadline: number): Promise<Pdu> {
    const priority = this.#priority;
    const receipts = bind.hasReceipts ? {} : { registered_delivery: 0 };
    const fields = { ...part, ...receipts, service_type: this.#serviceType, priority_flag: priority };
    const answer = await bind.request('submit_sm', fields, Math.min(this.#longestAnswer, deadline - Date.now()));
    if (answer.status !== INVALID_PRIORITY || priority === 0) return answer;
    this.#priority = 0;
    return this.#submitPart(bind, part, deadline);
  }
}
