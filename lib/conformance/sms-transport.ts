import { type Part, type Runner, testParts } from './runner.ts';
import { type SmsTransportPart, type SmsTransportSetup, TransportHarness } from './sms-transport-harness.ts';
import { CLOSING, HEALTH, OUTAGE } from './sms-transport-outage.ts';
import { RECEIPTS, SENDING } from './sms-transport-sending.ts';

const PARTS: readonly Part<SmsTransportPart, TransportHarness>[] = [
  { title: 'send', checks: SENDING },
  { title: 'onReceipt', name: 'receipts', checks: RECEIPTS },
  { title: 'health', name: 'health', checks: HEALTH },
  { title: 'close', name: 'closing', checks: CLOSING },
  { title: 'an outage', name: 'outage', checks: OUTAGE },
];

/** Tests with `node:assert` that a transport keeps every promise of the port. */
export function testSmsTransport(runner: Runner, setup: SmsTransportSetup): void {
  const { open, leaveOut = [], patienceMilliseconds = 15_000 } = setup;
  testParts(runner, PARTS, leaveOut, async (check) => {
    const opened = await open();
    const harness = new TransportHarness(opened, patienceMilliseconds);
    try {
      await check(harness).finally(() => harness.close());
    } finally {
      await opened.close?.();
    }
  });
}
