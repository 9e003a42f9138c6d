import assert from 'node:assert/strict';
import type { DeliveryReceipt, SendResult } from '../domain/ports.ts';
import type { Rehearsal } from './rehearsal.ts';
import { NUMBERS } from './sample-messages.ts';
import type { NetworkMood, SmsTransportChecks } from './sms-transport.ts';

type State = DeliveryReceipt['state'];

export const RECEIPTS: SmsTransportChecks = {
  'tells of a delivery, under the names that send gave': (rehearsal) => expectReport(rehearsal, 'works', 'delivered'),

  'tells that a message was not delivered': (rehearsal) => expectReport(rehearsal, 'failsDelivery', 'failed'),

  'tells of a delivery that is reported before the answer': (rehearsal) =>
    expectReport(rehearsal, 'reportsEarly', 'delivered'),

  'tells the same where a delivery is reported twice': (rehearsal) =>
    expectReport(rehearsal, 'reportsTwice', 'delivered'),

  'does not mix the reports of what is sent at the same time': async (rehearsal) => {
    const listener = new Listener(rehearsal);
    const [failing = ''] = NUMBERS;
    await rehearsal.rehearse('failsDelivery', failing);
    const results = await Promise.all(NUMBERS.map((to) => rehearsal.send({ to })));
    for (const [index, result] of results.entries()) {
      assert.deepEqual(await listener.statesOf(result), [NUMBERS[index] === failing ? 'failed' : 'delivered']);
    }
  },
};

async function expectReport(rehearsal: Rehearsal, mood: NetworkMood, state: State): Promise<void> {
  const listener = new Listener(rehearsal);
  await rehearsal.rehearse(mood);
  const first = await rehearsal.send();
  assert.deepEqual(await listener.statesOf(first), [state]);
  await rehearsal.rehearse('works');
  // Whatever the first report did, others are heard.
  assert.deepEqual(await listener.statesOf(await rehearsal.send()), ['delivered']);
  assert.deepEqual(await listener.statesOf(first), [state]);
}

/** Hears all reports from the beginning. */
class Listener {
  readonly #rehearsal: Rehearsal;
  readonly #receipts: DeliveryReceipt[] = [];

  constructor(rehearsal: Rehearsal) {
    const { transport } = rehearsal;
    this.#rehearsal = rehearsal;
    assert.ok(transport.onReceipt, 'it has no onReceipt');
    transport.onReceipt((receipt) => this.#receipts.push(receipt));
  }

  /** All that was told of this message, each state once; waits for the first. */
  async statesOf(result: SendResult): Promise<readonly State[]> {
    const { smsc, messageId } = result.status === 'refused' ? {} : result;
    assert.ok(smsc !== undefined && messageId !== undefined, 'send does not name the SMSC and the message');
    const own = () => this.#receipts.filter((receipt) => receipt.smsc === smsc && receipt.messageId === messageId);
    await this.#rehearsal.eventually('tells what became of the message', () => own().length > 0);
    return [...new Set(own().map(({ state }) => state))];
  }
}
