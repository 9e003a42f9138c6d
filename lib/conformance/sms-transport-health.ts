import assert from 'node:assert/strict';
import type { TransportHealth } from '../domain/ports.ts';
import { assertDiscreet, type Rehearsal } from './rehearsal.ts';
import type { SmsTransportChecks } from './sms-transport.ts';

export const HEALTH: SmsTransportChecks = {
  'is ready where the network works': async (rehearsal) => {
    await rehearsal.send();
    await becomes('ready', rehearsal);
    assert.notDeepEqual((await healthOf(rehearsal)).smscs, {}, 'it names no SMSC');
  },

  'is down while the network is, and ready again when it is back': async (rehearsal) => {
    await rehearsal.send();
    await rehearsal.rehearse('isDown');
    await rehearsal.trySend();
    await becomes('down', rehearsal);
    await rehearsal.rehearse('works');
    await rehearsal.sendWhenItWorks();
    await becomes('ready', rehearsal);
  },

  'says something in time where the network is silent': async (rehearsal) => {
    await rehearsal.send();
    await rehearsal.rehearse('isSilent');
    await healthOf(rehearsal);
  },

  'tells no number, code or text': async (rehearsal) => {
    await rehearsal.rehearse('isDown');
    await rehearsal.trySend();
    assertDiscreet(await healthOf(rehearsal), 'health');
  },
};

async function becomes(status: TransportHealth['status'], rehearsal: Rehearsal): Promise<void> {
  await rehearsal.eventually(`is ${status}`, async () => (await healthOf(rehearsal)).status === status);
}

async function healthOf(rehearsal: Rehearsal): Promise<TransportHealth> {
  const health = await rehearsal.inTime('health', async () => rehearsal.transport.health?.());
  assert.ok(health, 'it has no health');
  return health;
}
