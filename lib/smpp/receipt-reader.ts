import type { Pdu } from './codec.ts';
import type { MessageIds } from './message-ids.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import { Recent } from './recent.ts';

const MOST_REMEMBERED = 1000;

/** Reads one SMSC's receipts: with the ids of its answers, and each only once. */
export class ReceiptReader {
  readonly #ids: MessageIds;
  readonly #seen = new Recent<true>(MOST_REMEMBERED);

  constructor(ids: MessageIds) {
    this.#ids = ids;
  }

  /** `undefined` for what is no final receipt, and for one that came before. */
  read(pdu: Pdu): Receipt | undefined {
    const receipt = readReceipt(pdu);
    if (receipt === undefined) return undefined;
    const messageId = this.#ids.ofReceipt(receipt.messageId);
    const key = `${receipt.state} ${messageId}`;
    if (this.#seen.get(key) === true) return undefined;
    this.#seen.set(key, true);
    return { ...receipt, messageId };
  }
}
