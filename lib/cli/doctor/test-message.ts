import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { sampleFacts } from '../../assembly/sms-text.ts';
import type { Config } from '../../config.ts';
import { maskPhoneNumber } from '../../domain/masked-number.ts';
import { composeFromTemplate, type TemplatedText } from '../../domain/message.ts';
import { NumberReader } from '../../domain/number-reader.ts';
import { isCountryAllowed } from '../../domain/phone-number.ts';
import type { DeliveryReceipt, Finding, SendResult, SmsTransport } from '../../domain/ports.ts';

const LIFE_MILLISECONDS = 300_000;

/** Sends one SMS without a code that opens anything, and waits for its receipt. */
export async function* sendTestMessage(
  config: Config,
  number: string,
  receiptMilliseconds: number,
): AsyncGenerator<Finding> {
  const { transport, defaultCountry, allowedCountries } = config;
  const to = new NumberReader({ defaultCountry, numberFormat: 'national' }).readOne(number);
  const check = 'test SMS';
  if (to === undefined) {
    return yield { check, status: 'failed', detail: 'this is not a phone number', remedy: 'Write it as +46701740650.' };
  }
  if (!isCountryAllowed(to, allowedCountries)) {
    const detail = 'the country of this number is not in allowedCountries: it gets no code';
    return yield { check, status: 'failed', detail, remedy: 'Add the country, or try another number.' };
  }
  const receipts = new Receipts(transport);
  const begin = performance.now();
  const message = { to, ...testText(config, to), expiresAt: new Date(Date.now() + LIFE_MILLISECONDS) };
  const result = await transport.send(message).catch((error: unknown) => ({ error }));
  if ('error' in result) return yield judgeRefusal(result.error);
  yield judgeAnswer(result, `to ${maskPhoneNumber(to)}, after ${Math.round(performance.now() - begin)} ms`);
  if (result.status === 'refused') return;
  const { messageId } = result;
  if (messageId === undefined || transport.onReceipt === undefined) {
    yield { check: 'test SMS receipt', status: 'skipped', detail: 'this transport reports no receipts' };
  } else yield judgeReceipt(await receipts.of(messageId, receiptMilliseconds));
}

/** A country with templates lets nothing else through: the sign-in's, with zeros in place of a code. */
function testText(config: Config, to: string): TemplatedText {
  const registered = composeFromTemplate(config.smsTemplates, to, 'sign-in', sampleFacts(config));
  return registered ?? { text: `This is a test of ${config.appName}. There is nothing to do.` };
}

/** @throws the error, if it names no remedy */
function judgeRefusal(error: unknown): Finding {
  const remedy = error instanceof Error && 'remedy' in error ? error.remedy : undefined;
  if (!(error instanceof Error) || typeof remedy !== 'string') throw error;
  return { check: 'test SMS', status: 'failed', detail: error.message, remedy };
}

function judgeAnswer(result: SendResult, where: string): Finding {
  const check = 'test SMS';
  if (result.status === 'refused') {
    const remedy = 'Is it a mobile number, and does the account reach its country?';
    return { check, status: 'failed', detail: `the SMSC refuses the number (${where})`, remedy };
  }
  const by = result.smsc === undefined ? '' : ` by ${result.smsc}`;
  if (result.status === 'accepted') return { check, status: 'ok', detail: `accepted${by} (${where})` };
  const remedy = 'Ask the operator why submits are not answered: people may get an SMS twice, or none.';
  return { check, status: 'warning', detail: `sent, but not answered${by} (${where})`, remedy };
}

function judgeReceipt(receipt: DeliveryReceipt | undefined): Finding {
  const check = 'test SMS receipt';
  if (receipt?.state === 'delivered') return { check, status: 'ok', detail: 'delivered' };
  const detail = receipt && [receipt.state, receipt.reason].filter(Boolean).join(': ');
  if (receipt?.state === 'failed') {
    const remedy =
      'Is it a mobile number in service? If it is, give the operator the number, the time and this reason.';
    return { check, status: 'failed', detail: `not delivered (${detail})`, remedy };
  }
  const remedy = 'Is the phone on? If it is, ask the operator what became of the message, and whether receipts are on.';
  return { check, status: 'warning', detail: detail ?? 'none came in time', remedy };
}

/** Collects receipts from now on: one may come before the answer to its message. */
class Receipts {
  readonly #came = new Map<string, DeliveryReceipt>();
  readonly #events = new EventTarget();

  constructor(transport: SmsTransport) {
    transport.onReceipt?.((receipt) => {
      this.#came.set(receipt.messageId, receipt);
      this.#events.dispatchEvent(new Event(receipt.messageId));
    });
  }

  /** The receipt of this message, or `undefined` if none comes in time. */
  async of(messageId: string, waitMilliseconds: number): Promise<DeliveryReceipt | undefined> {
    const end = new AbortController();
    const isHere = this.#came.has(messageId);
    if (!isHere) await Promise.race([once(this.#events, messageId, end), pause(waitMilliseconds, undefined, end)]);
    end.abort();
    return this.#came.get(messageId);
  }
}
