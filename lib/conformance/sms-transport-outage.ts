import assert from 'node:assert/strict';
import { assertDiscreet } from './rehearsal.ts';
import type { SmsTransportChecks } from './sms-transport.ts';

export const OUTAGE: SmsTransportChecks = {
  'rejects in time while the network is down, and does not send it later': async (rehearsal) => {
    await rehearsal.send({ text: 'first' });
    await rehearsal.rehearse('isDown');
    // What was on its way when the connection ended may say unknown: this comes after.
    await rehearsal.eventually('rejects', async () => (await rehearsal.trySend()) === undefined);
    await rehearsal.rehearse('works');
    await rehearsal.sendWhenItWorks({ text: 'second' });
    const received = (await rehearsal.received()).map(({ text }) => text);
    assert.deepEqual(received, ['first', 'second']);
  },

  'settles in time where the network is silent, and does not say accepted': async (rehearsal) => {
    await rehearsal.send();
    await rehearsal.rehearse('isSilent');
    const result = await rehearsal.trySend();
    assert.ok(result === undefined || result.status === 'unknown', `it says ${result?.status}`);
  },

  'settles in time where the network is silent from the beginning': async (rehearsal) => {
    await rehearsal.rehearse('isSilent');
    const result = await rehearsal.trySend();
    assert.ok(result === undefined || result.status === 'unknown', `it says ${result?.status}`);
  },

  'tells no secret in the errors of an outage': async (rehearsal) => {
    await rehearsal.rehearse('isDown');
    assertDiscreet(await rehearsal.failure(), 'the error of a network that is down');
  },
};
