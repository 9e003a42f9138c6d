import assert from 'node:assert/strict';
import { assertDiscreet } from './rehearsal.ts';
import type { SmsTransportChecks } from './sms-transport.ts';

export const CLOSING: SmsTransportChecks = {
  'waits for what is being sent': async (rehearsal) => {
    await rehearsal.send();
    await rehearsal.rehearse('isSlow');
    const [{ status }] = await Promise.all([rehearsal.send(), rehearsal.close()]);
    assert.equal(status, 'accepted');
    assert.equal((await rehearsal.received()).length, 2);
  },

  'rejects what comes after it, sends nothing of it, and tells no secret': async (rehearsal) => {
    await rehearsal.send();
    await rehearsal.close();
    assertDiscreet(await rehearsal.failure(), 'the error of a closed transport');
    assert.equal((await rehearsal.received()).length, 1);
  },

  'may be called twice, and without anything before': async (rehearsal) => {
    await Promise.all([rehearsal.close(), rehearsal.close()]);
    await rehearsal.close();
  },

  'ends in time where the network is silent': async (rehearsal) => {
    await rehearsal.send();
    await rehearsal.rehearse('isSilent');
    await Promise.all([rehearsal.trySend(), rehearsal.close()]);
  },
};
