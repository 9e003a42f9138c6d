import type { Pdu } from './codec.ts';
import { MessageIds } from './message-ids.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import { RecentEntries } from './recent-entries.ts';
import type { SmscSettings } from './smsc-schema.ts';

const MOST_REMEMBERED = 1000;
const REJECTION_MILLISECONDS = 10 * 60 * 1000;

/** What one SMSC says later of the messages that it accepted. */
export class ReceiptBook {
  readonly #ids: MessageIds;
  readonly #recipients = new RecentEntries<string>(MOST_REMEMBERED);
  readonly #seen = new RecentEntries<Receipt['state']>(MOST_REMEMBERED);
  /** When it rejected a message to whom. */
  readonly #rejections = new RecentEntries<number>(MOST_REMEMBERED);

  constructor(format: SmscSettings['messageIdFormat']) {
    this.#ids = new MessageIds(format);
  }

  /** Gives the message's id the form that receipts will have. */
  enter(messageId: string, recipient: string): string {
    const id = this.#ids.ofAnswer(messageId);
    this.#recipients.set(id, recipient);
    this.#seen.delete(id); // an SMSC that was started anew may give the same ids again
    return id;
  }

  /** `undefined` for what is no final receipt, and for one that came before. */
  read(pdu: Pdu): Receipt | undefined {
    const receipt = readReceipt(pdu);
    if (receipt === undefined) return undefined;
    const messageId = this.#ids.ofReceipt(receipt.messageId);
    if (this.#seen.get(messageId) === receipt.state) return undefined;
    this.#seen.set(messageId, receipt.state);
    const recipient = this.#recipients.get(messageId);
    const isRejection = receipt.reason?.startsWith('REJEC') ?? false;
    if (recipient !== undefined && isRejection) this.#rejections.set(recipient, Date.now());
    return { ...receipt, messageId };
  }

  /** Whether it rejected, lately, what it had accepted for this number: another SMSC may have a way there. */
  hasRejected(recipient: string, now: number): boolean {
    const rejectedAt = this.#rejections.get(recipient);
    return rejectedAt !== undefined && now - rejectedAt < REJECTION_MILLISECONDS;
  }
}
