import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { DeliveryReceipt, SendResult } from '../domain/ports.ts';
import {
  assertDiscreet,
  type NetworkMood,
  NUMBERS,
  type SmsTransportChecks,
  sampleMessage,
  secondsFromNow,
  TEXTS,
  type TransportHarness,
} from './sms-transport-harness.ts';

export const SENDING: SmsTransportChecks = {
  'says accepted if the network takes the message': async (harness) => {
    assert.equal((await harness.send()).status, 'accepted');
    assert.equal((await harness.received()).length, 1);
  },

  'brings number and text as they are': async (harness) => {
    for (const text of TEXTS) await harness.send({ text });
    const received = (await harness.received()).map(({ to, text }) => ({ to, text }));
    const { to } = sampleMessage();
    assert.deepEqual(
      received,
      TEXTS.map((text) => ({ to, text })),
    );
  },

  'takes a templateId, and brings the text as it is': async (harness) => {
    const text = 'registered 492817';
    assert.equal((await harness.send({ text, templateId: '1107160000000000001' })).status, 'accepted');
    await assertNothingBut(text, harness);
  },

  'names a route in its answer only if its health tells of it': async (harness) => {
    const result = await harness.send();
    const route = result.status === 'refused' ? undefined : result.route;
    if (route === undefined) return;
    const health = await harness.transport.health?.();
    assert.ok(health?.routes?.[route] !== undefined, 'its health does not tell of the route');
  },

  'sends nothing when it is examined with sample texts': async (harness) => {
    const samples = [{ text: 'a sample' }, { country: 'IN', text: 'a registered sample', templateId: '1107' }] as const;
    for await (const { check } of harness.transport.examine?.(samples) ?? []) assert.notEqual(check, '');
    const problems = harness.transport.checkTexts?.(samples) ?? [];
    assert.ok(!problems.some((problem) => samples.some(({ text }) => problem.includes(text))), 'it tells a text');
    await harness.send({ text: 'a message' });
    await assertNothingBut('a message', harness);
  },

  'works before open, after it, and if that is called twice': async (harness) => {
    await harness.send();
    harness.transport.open?.();
    harness.transport.open?.();
    assert.equal((await harness.send()).status, 'accepted');
  },

  'says refused if the network refuses the number': async (harness) => {
    await harness.rehearse('refusesNumber');
    assert.deepEqual(await harness.send(), { status: 'refused', reason: 'number' });
  },

  'rejects if the network takes nothing, and does not send it later': async (harness) => {
    await harness.rehearse('isBusy');
    await harness.failure();
    await harness.rehearse('works');
    await harness.sendWhenItWorks({ text: 'second' });
    await assertNothingBut('second', harness);
  },

  'says unknown, and does not reject, if the network may have the message': async (harness) => {
    await harness.rehearse('losesAnswers');
    assert.equal((await harness.send()).status, 'unknown');
  },

  'rejects a message that has expired, and does not send it': async (harness) => {
    await harness.failure({ expiresAt: secondsFromNow(-1) });
    await harness.send({ text: 'second' });
    await assertNothingBut('second', harness);
  },

  'sends nothing after it has expired': async (harness) => {
    await harness.rehearse('isBusy');
    const expiresAt = secondsFromNow(0.1);
    const recovery = async () => {
      // A message that was on its way at the end of its life has arrived by then.
      while (Date.now() <= expiresAt.getTime() + 100) await pause(10);
      await harness.rehearse('works');
    };
    const [result] = await Promise.all([harness.trySend({ expiresAt }), recovery()]);
    assert.notEqual(result?.status, 'accepted');
    await harness.sendWhenItWorks({ text: 'second' });
    if (result === undefined) await assertNothingBut('second', harness);
  },

  'does not mix what is sent at the same time': async (harness) => {
    const [refused = '', ...others] = NUMBERS;
    await harness.rehearse('refusesNumber', refused);
    const results = await Promise.all(NUMBERS.map((to) => harness.send({ to, text: `to ${to}` })));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['refused', ...others.map(() => 'accepted')],
    );
    const received = (await harness.received()).map(({ to, text }) => `${to}: ${text}`);
    assert.deepEqual(
      received.sort(),
      others.map((to) => `${to}: to ${to}`),
    );
  },

  'has no number, code or text in its errors, however deep': async (harness) => {
    await harness.rehearse('isBusy');
    assertDiscreet(await harness.failure(), 'the error of a busy network');
    const expired = await harness.failure({ expiresAt: secondsFromNow(-1) });
    assertDiscreet(expired, 'the error of an expired message');
  },
};

async function assertNothingBut(text: string, harness: TransportHarness): Promise<void> {
  assert.deepEqual(
    (await harness.received()).map((message) => message.text),
    [text],
  );
}

type State = DeliveryReceipt['state'];

export const RECEIPTS: SmsTransportChecks = {
  'tells of a delivery, under the names that send gave': (harness) => expectReport(harness, 'works', 'delivered'),

  'tells that a message was not delivered': (harness) => expectReport(harness, 'failsDelivery', 'failed'),

  'tells of a delivery that is reported before the answer': (harness) =>
    expectReport(harness, 'reportsEarly', 'delivered'),

  'tells the same if a delivery is reported twice': (harness) => expectReport(harness, 'reportsTwice', 'delivered'),

  'takes no delivery back': (harness) => expectReport(harness, 'takesBack', 'delivered'),

  'tells of a text of several segments once, under the name that send gave': async (harness) => {
    const listener = new Listener(harness);
    for (const text of TEXTS) assert.deepEqual(await listener.statesOf(await harness.send({ text })), ['delivered']);
    assert.equal(listener.count, TEXTS.length);
  },

  'does not mix the reports of what is sent at the same time': async (harness) => {
    const listener = new Listener(harness);
    const [failing = ''] = NUMBERS;
    await harness.rehearse('failsDelivery', failing);
    const results = await Promise.all(NUMBERS.map((to) => harness.send({ to })));
    for (const [index, result] of results.entries()) {
      assert.deepEqual(await listener.statesOf(result), [NUMBERS[index] === failing ? 'failed' : 'delivered']);
    }
  },
};

async function expectReport(harness: TransportHarness, mood: NetworkMood, state: State): Promise<void> {
  const listener = new Listener(harness);
  await harness.rehearse(mood);
  const first = await harness.send();
  assert.deepEqual(await listener.statesOf(first), [state]);
  await harness.rehearse('works');
  // Later reports arrive whatever the first one did.
  assert.deepEqual(await listener.statesOf(await harness.send()), ['delivered']);
  assert.deepEqual(await listener.statesOf(first), [state]);
}

/** Collects all reports from the beginning. */
class Listener {
  readonly #harness: TransportHarness;
  readonly #receipts: DeliveryReceipt[] = [];

  constructor(harness: TransportHarness) {
    const { transport } = harness;
    this.#harness = harness;
    assert.ok(transport.onReceipt, 'it has no onReceipt');
    transport.onReceipt((receipt) => this.#receipts.push(receipt));
  }

  /** How many reports there were, of any message. */
  get count(): number {
    return this.#receipts.length;
  }

  /** The states reported of this message, each once; waits for the first. */
  async statesOf(result: SendResult): Promise<readonly State[]> {
    const { smsc, messageId } = result.status === 'refused' ? {} : result;
    assert.ok(smsc !== undefined && messageId !== undefined, 'send does not name the SMSC and the message');
    const own = () => this.#receipts.filter((receipt) => receipt.smsc === smsc && receipt.messageId === messageId);
    await this.#harness.eventually('tells what became of the message', () => own().length > 0);
    return [...new Set(own().map(({ state }) => state))];
  }
}
