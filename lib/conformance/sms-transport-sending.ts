import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { assertDiscreet, type Rehearsal } from './rehearsal.ts';
import { NUMBERS, sampleMessage, secondsFromNow, TEXTS } from './sample-messages.ts';
import type { SmsTransportChecks } from './sms-transport.ts';

export const SENDING: SmsTransportChecks = {
  'says accepted where the network takes the message': async (rehearsal) => {
    assert.equal((await rehearsal.send()).status, 'accepted');
    assert.equal((await rehearsal.received()).length, 1);
  },

  'brings number and text as they are': async (rehearsal) => {
    for (const text of TEXTS) await rehearsal.send({ text });
    const received = (await rehearsal.received()).map(({ to, text }) => ({ to, text }));
    const { to } = sampleMessage();
    assert.deepEqual(
      received,
      TEXTS.map((text) => ({ to, text })),
    );
  },

  'works before open, after it, and where that is called twice': async (rehearsal) => {
    await rehearsal.send();
    rehearsal.transport.open?.();
    rehearsal.transport.open?.();
    assert.equal((await rehearsal.send()).status, 'accepted');
  },

  'says refused where the network refuses the number': async (rehearsal) => {
    await rehearsal.rehearse('refusesNumber');
    assert.deepEqual(await rehearsal.send(), { status: 'refused', reason: 'number' });
  },

  'rejects where the network takes nothing, and does not send it later': async (rehearsal) => {
    await rehearsal.rehearse('isBusy');
    await rehearsal.failure();
    await rehearsal.rehearse('works');
    await rehearsal.sendWhenItWorks({ text: 'second' });
    await assertNothingBut('second', rehearsal);
  },

  'says unknown, and does not reject, where the network may have the message': async (rehearsal) => {
    await rehearsal.rehearse('losesAnswers');
    assert.equal((await rehearsal.send()).status, 'unknown');
  },

  'rejects a message that has expired, and does not send it': async (rehearsal) => {
    await rehearsal.failure({ expiresAt: secondsFromNow(-1) });
    await rehearsal.send({ text: 'second' });
    await assertNothingBut('second', rehearsal);
  },

  'sends nothing after it has expired': async (rehearsal) => {
    await rehearsal.rehearse('isBusy');
    const expiresAt = secondsFromNow(0.1);
    const recovery = async () => {
      // What was on its way at the end of its life has arrived by then.
      while (Date.now() <= expiresAt.getTime() + 100) await pause(10);
      await rehearsal.rehearse('works');
    };
    const [result] = await Promise.all([rehearsal.trySend({ expiresAt }), recovery()]);
    assert.notEqual(result?.status, 'accepted');
    await rehearsal.sendWhenItWorks({ text: 'second' });
    if (result === undefined) await assertNothingBut('second', rehearsal);
  },

  'does not mix what is sent at the same time': async (rehearsal) => {
    const [refused = '', ...others] = NUMBERS;
    await rehearsal.rehearse('refusesNumber', refused);
    const results = await Promise.all(NUMBERS.map((to) => rehearsal.send({ to, text: `to ${to}` })));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['refused', ...others.map(() => 'accepted')],
    );
    const received = (await rehearsal.received()).map(({ to, text }) => `${to}: ${text}`);
    assert.deepEqual(
      received.sort(),
      others.map((to) => `${to}: to ${to}`),
    );
  },

  'has no number, code or text in its errors, however deep': async (rehearsal) => {
    await rehearsal.rehearse('isBusy');
    assertDiscreet(await rehearsal.failure(), 'the error of a busy network');
    const expired = await rehearsal.failure({ expiresAt: secondsFromNow(-1) });
    assertDiscreet(expired, 'the error of an expired message');
  },
};

async function assertNothingBut(text: string, rehearsal: Rehearsal): Promise<void> {
  assert.deepEqual(
    (await rehearsal.received()).map((message) => message.text),
    [text],
  );
}
