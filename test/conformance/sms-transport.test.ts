import { type NetworkMood, testSmsTransport } from '../../lib/conformance/index.ts';
import type { Behaviour } from '../../lib/simulator/smsc/behaviour.ts';
import { startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';

/** If an answer is missing, the test waits for it. */
const QUICK = { ...TIMEOUTS, step: 2000, response: 2000, unbind: 2000, shortestPause: 10, longestPause: 50 };

const MOODS: Readonly<Record<NetworkMood, Behaviour>> = {
  works: {},
  isSlow: { answerAfterMilliseconds: 100 },
  refusesNumber: { submitStatus: 0x0b },
  isBusy: { submitStatus: 0x58 },
  losesAnswers: { reaction: 'silence' },
  failsDelivery: { receipt: 'failed' },
  reportsEarly: { isReceiptFirst: true },
  reportsTwice: { receipts: 2 },
  takesBack: { secondReceipt: 'failed' },
  isDown: { isDown: true },
  isSilent: { isDead: true },
};

describe('SmppTransport, by the conformance suite:', () => {
  testSmsTransport(
    { describe, it },
    {
      async open() {
        const smsc = await startSmsc();
        return {
          transport: new SmppTransport({ smscs: [smsc.url], source: 'Example' }, QUICK),
          received: () => smsc.messages.filter(({ status }) => status !== 'refused'),
          rehearse: (mood, to) => smsc.behave({ ...MOODS[mood], ...(to !== undefined && { to }) }),
          close: () => smsc.close(),
        };
      },
    },
  );
});
