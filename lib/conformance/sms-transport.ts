import type { SmsMessage, SmsTransport } from '../domain/ports.ts';
import { Rehearsal } from './rehearsal.ts';
import type { Runner } from './runner.ts';
import { CLOSING } from './sms-transport-closing.ts';
import { HEALTH } from './sms-transport-health.ts';
import { OUTAGE } from './sms-transport-outage.ts';
import { RECEIPTS } from './sms-transport-receipts.ts';
import { SENDING } from './sms-transport-sending.ts';

/** How to get at the transport under test. */
export interface SmsTransportSetup {
  /** A transport whose network works and has seen no message. Called for each test. */
  open(): Promise<OpenSmsTransport>;
  /** What the transport does not do. Default: it does everything. */
  readonly leaveOut?: readonly SmsTransportPart[];
  /** How long a call, or a receipt, may take. Default: 15 000; the runner's own limit must be above it. */
  readonly patienceMilliseconds?: number;
}

/** One transport for one test, with a network that is rehearsed. */
export interface OpenSmsTransport {
  /** Connected to that network. */
  readonly transport: SmsTransport;
  /** What the network took so far, oldest first; what it refused is not among it. */
  received(): ReceivedMessages | Promise<ReceivedMessages>;
  /** From now on, the network does this, with messages to this number or else with all, in place of what it did. */
  rehearse(mood: NetworkMood, to?: string): void | Promise<void>;
  /** Ends all but the transport itself, which is closed before. */
  close?(): Promise<void>;
}

/** `to` as `send` was given it. */
export type ReceivedMessages = readonly Pick<SmsMessage, 'to' | 'text'>[];

/** What the network does with messages. */
export type NetworkMood =
  /** Takes each message, says so, and reports it as delivered. */
  | 'works'
  /** As `works`, but takes a moment, far below a second, to say so. */
  | 'isSlow'
  /** Refuses each message because of its number. */
  | 'refusesNumber'
  /** Refuses each message for now. */
  | 'isBusy'
  /** Takes each message and does not say so. */
  | 'losesAnswers'
  /** Takes each message, says so, and reports that it was not delivered. */
  | 'failsDelivery'
  /** Reports the message as delivered before it says that it took it. */
  | 'reportsEarly'
  /** As `works`, with the same report twice. */
  | 'reportsTwice'
  /** Cannot be reached; connections are closed. */
  | 'isDown'
  /** Can be reached, and from now on does and says nothing at all. */
  | 'isSilent';

/** `outage` is for a transport that has something to reach. */
export type SmsTransportPart = 'receipts' | 'health' | 'closing' | 'outage';

/** What a transport promises, by title; each check throws where it is not kept. */
export type SmsTransportChecks = Readonly<Record<string, (rehearsal: Rehearsal) => Promise<void>>>;

const PARTS: readonly { title: string; part?: SmsTransportPart; checks: SmsTransportChecks }[] = [
  { title: 'send', checks: SENDING },
  { title: 'onReceipt', part: 'receipts', checks: RECEIPTS },
  { title: 'health', part: 'health', checks: HEALTH },
  { title: 'close', part: 'closing', checks: CLOSING },
  { title: 'an outage', part: 'outage', checks: OUTAGE },
];

/** Tests that a transport keeps every promise of the port, with `node:assert`. */
export function testSmsTransport({ describe, it }: Runner, setup: SmsTransportSetup): void {
  const { open, leaveOut = [], patienceMilliseconds = 15_000 } = setup;
  for (const { title, part, checks } of PARTS) {
    if (part !== undefined && leaveOut.includes(part)) continue;
    describe(title, () => {
      for (const [promise, check] of Object.entries(checks)) {
        it(promise, async () => {
          const opened = await open();
          const rehearsal = new Rehearsal(opened, patienceMilliseconds);
          try {
            await check(rehearsal).finally(() => rehearsal.close());
          } finally {
            await opened.close?.();
          }
        });
      }
    });
  }
}
