import { once } from 'node:events';
import type { Config } from '../../config.ts';
import { within } from '../../deadline.ts';
import type { Finding } from '../../domain/finding.ts';
import { maskPhoneNumber, readPhoneNumber } from '../../domain/phone-number.ts';
import type { DeliveryReceipt, SendResult, SmsTransport } from '../../domain/ports.ts';

const LIFE_MILLISECONDS = 300_000;

/** Sends one SMS without a code, and waits for what becomes of it. */
export async function* sendTestMessage(
  config: Config,
  number: string,
  receiptMilliseconds: number,
): AsyncGenerator<Finding> {
  const { transport, appName, defaultCountry } = config;
  const to = readPhoneNumber(number, defaultCountry);
  const check = 'test SMS';
  if (to === undefined) {
    return yield { check, status: 'failed', detail: 'this is no phone number', remedy: 'Write it as +46701740605.' };
  }
  const receipts = new Receipts(transport);
  const begin = performance.now();
  const text = `This is a test of ${appName}. There is nothing to do.`;
  const result = await transport.send({ to, text, expiresAt: new Date(Date.now() + LIFE_MILLISECONDS) });
  yield judgeAnswer(result, `to ${maskPhoneNumber(to)}, after ${Math.round(performance.now() - begin)} ms`);
  if (result.status !== 'refused') yield judgeReceipt(await receipts.of(result, receiptMilliseconds));
}

function judgeAnswer(result: SendResult, where: string): Finding {
  const check = 'test SMS';
  if (result.status === 'refused') {
    const remedy = 'Is it a mobile number, and does the account reach its country?';
    return { check, status: 'failed', detail: `the SMSC refuses the number (${where})`, remedy };
  }
  const by = result.smsc === undefined ? '' : ` by ${result.smsc}`;
  if (result.status === 'accepted') return { check, status: 'ok', detail: `accepted${by} (${where})` };
  const remedy = 'Ask the operator why messages are not answered: people may get an SMS twice, or none.';
  return { check, status: 'warning', detail: `sent, but not answered${by} (${where})`, remedy };
}

function judgeReceipt(receipt: DeliveryReceipt | 'late' | 'none'): Finding {
  const check = 'test SMS receipt';
  if (receipt === 'none') return { check, status: 'skipped', detail: 'no receipt is to be expected' };
  if (receipt !== 'late' && receipt.state === 'delivered') return { check, status: 'ok', detail: 'delivered' };
  const remedy = 'Is the phone on? Else ask the operator what became of the message, and whether receipts are on.';
  const detail = receipt === 'late' ? 'none came in time' : [receipt.state, receipt.reason].filter(Boolean).join(': ');
  return { check, status: 'warning', detail, remedy };
}

/** Receipts from now on: one may come before the answer to its message. */
class Receipts {
  readonly #came: DeliveryReceipt[] = [];
  readonly #events = new EventTarget();
  readonly #areOn: boolean;

  constructor(transport: SmsTransport) {
    this.#areOn = transport.onReceipt !== undefined;
    transport.onReceipt?.((receipt) => {
      this.#came.push(receipt);
      this.#events.dispatchEvent(new Event('receipt'));
    });
  }

  async of(
    { messageId }: { readonly messageId?: string },
    waitMilliseconds: number,
  ): Promise<DeliveryReceipt | 'late' | 'none'> {
    if (!this.#areOn || messageId === undefined) return 'none';
    return within(this.#next(messageId), waitMilliseconds, () => new Error('late')).catch(() => 'late');
  }

  async #next(messageId: string): Promise<DeliveryReceipt> {
    for (;;) {
      const receipt = this.#came.find((one) => one.messageId === messageId);
      if (receipt !== undefined) return receipt;
      await once(this.#events, 'receipt');
    }
  }
}
