import assert from 'node:assert/strict';
import type { TransportHealth } from '../domain/ports.ts';
import { assertDiscreet, type Rehearsal } from './rehearsal.ts';
import type { SmsTransportChecks } from './sms-transport.ts';

export const HEALTH: SmsTransportChecks = {
  'is ready where the network works': async (rehearsal) => {
    await rehearsal.send();
    const { status, smscs } = await healthOf(rehearsal);
    assert.equal(status, 'ready');
    assert.ok(Object.values(smscs).length > 0, 'it names no SMSC');
  },

  'is down while the network is, and ready again when it is back': async (rehearsal) => {
    await rehearsal.send();
    await rehearsal.rehearse('isDown');
    await rehearsal.trySend();
    await rehearsal.eventually('is down', async () => (await healthOf(rehearsal)).status === 'down');
    await rehearsal.rehearse('works');
    await rehearsal.sendWhenItWorks();
    assert.equal((await healthOf(rehearsal)).status, 'ready');
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

async function healthOf(rehearsal: Rehearsal): Promise<TransportHealth> {
  const health = await rehearsal.inTime('health', async () => rehearsal.transport.health?.());
  assert.ok(health, 'it has no health');
  return health;
}
