import assert from 'node:assert/strict';
import type { TransportHealth } from '../domain/ports.ts';
import { assertDiscreet, type SmsTransportChecks, type TransportHarness } from './sms-transport-harness.ts';

export const OUTAGE: SmsTransportChecks = {
  'rejects in time while the network is down, and does not send it later': async (harness) => {
    await harness.send({ text: 'first' });
    await harness.rehearse('isDown');
    // Messages that were on their way when the connection ended may be unknown; this one comes after.
    await harness.eventually('rejects', async () => (await harness.trySend()) === undefined);
    await harness.rehearse('works');
    await harness.sendWhenItWorks({ text: 'second' });
    const received = (await harness.received()).map(({ text }) => text);
    assert.deepEqual(received, ['first', 'second']);
  },

  'settles in time if the network is silent, and does not say accepted': async (harness) => {
    await harness.send();
    await harness.rehearse('isSilent');
    const result = await harness.trySend();
    assert.ok(result === undefined || result.status === 'unknown', `it says ${result?.status}`);
  },

  'settles in time if the network is silent from the beginning': async (harness) => {
    await harness.rehearse('isSilent');
    const result = await harness.trySend();
    assert.ok(result === undefined || result.status === 'unknown', `it says ${result?.status}`);
  },

  'tells no secret in the errors of an outage': async (harness) => {
    await harness.rehearse('isDown');
    assertDiscreet(await harness.failure(), 'the error of a network that is down');
  },
};

export const HEALTH: SmsTransportChecks = {
  'is ready if the network works': async (harness) => {
    await harness.send();
    await becomes('ready', harness);
    assert.notDeepEqual((await healthOf(harness)).smscs, {}, 'it names no SMSC');
  },

  'is down while the network is, and ready again when it is back': async (harness) => {
    await harness.send();
    await harness.rehearse('isDown');
    await harness.trySend();
    await becomes('down', harness);
    await harness.rehearse('works');
    await harness.sendWhenItWorks();
    await becomes('ready', harness);
  },

  'says something in time if the network is silent': async (harness) => {
    await harness.send();
    await harness.rehearse('isSilent');
    await healthOf(harness);
  },

  'tells no number, code or text': async (harness) => {
    await harness.rehearse('isDown');
    await harness.trySend();
    assertDiscreet(await healthOf(harness), 'health');
  },
};

async function becomes(status: TransportHealth['status'], harness: TransportHarness): Promise<void> {
  await harness.eventually(`is ${status}`, async () => (await healthOf(harness)).status === status);
}

async function healthOf(harness: TransportHarness): Promise<TransportHealth> {
  const health = await harness.inTime('health', async () => harness.transport.health?.());
  assert.ok(health, 'it has no health');
  return health;
}

export const CLOSING: SmsTransportChecks = {
  'waits for what is being sent': async (harness) => {
    await harness.send();
    await harness.rehearse('isSlow');
    const [{ status }] = await Promise.all([harness.send(), harness.close()]);
    assert.equal(status, 'accepted');
    assert.equal((await harness.received()).length, 2);
  },

  'rejects what comes after it, sends nothing of it, and tells no secret': async (harness) => {
    await harness.send();
    await harness.close();
    assertDiscreet(await harness.failure(), 'the error of a closed transport');
    assert.equal((await harness.received()).length, 1);
  },

  'may be called twice, and without anything before': async (harness) => {
    await Promise.all([harness.close(), harness.close()]);
    await harness.close();
  },

  'ends in time if the network is silent': async (harness) => {
    await harness.send();
    await harness.rehearse('isSilent');
    await Promise.all([harness.trySend(), harness.close()]);
  },
};
