import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../deadline.ts';
import type { SendResult, SmsMessage, SmsTransport } from '../domain/ports.ts';
import { tellsAny } from './discretion.ts';
import type { Checks } from './runner.ts';

/** How to open the transport under test. */
export interface SmsTransportSetup {
  /** Opens a transport whose network works and has seen no message. Called for each test. */
  open(): Promise<OpenSmsTransport>;
  /**
   * Abilities that the transport lacks.
   *
   * @default nothing: everything is tested
   */
  readonly leaveOut?: readonly SmsTransportPart[];
  /**
   * How long a call or a receipt may take. The runner's own limit must be higher.
   *
   * @default 15000
   */
  readonly patienceMilliseconds?: number;
}

/** One transport for one test, with a network whose behaviour can be set. */
export interface OpenSmsTransport {
  /** Connected to that network. */
  readonly transport: SmsTransport;
  /** The messages that the network accepted so far, oldest first. */
  received(): ReceivedMessages | Promise<ReceivedMessages>;
  /** Sets what the network does from now on, with messages to this number, or with all. Replaces what it did before. */
  rehearse(mood: NetworkMood, to?: string): void | Promise<void>;
  /** Ends everything but the transport itself, which is closed before. */
  close?(): void | Promise<void>;
}

/** `to` as given to `send`. */
export type ReceivedMessages = readonly Pick<SmsMessage, 'to' | 'text'>[];

/** How the network treats messages. */
export type NetworkMood =
  /** Accepts each message, answers, and reports it as delivered. */
  | 'works'
  /** Like `works`, but answers after a moment, far below a second. */
  | 'isSlow'
  /** Refuses each message because of its number. */
  | 'refusesNumber'
  /** Refuses each message for now. */
  | 'isBusy'
  /** Accepts each message and does not answer. */
  | 'losesAnswers'
  /** Accepts each message, answers, and reports that it was not delivered. */
  | 'failsDelivery'
  /** Reports the message as delivered before it answers. */
  | 'reportsEarly'
  /** Like `works`, with each report twice. */
  | 'reportsTwice'
  /** Accepts each message, answers, and reports that it was delivered, then that it was not. */
  | 'takesBack'
  /** Is unreachable; connections are closed. */
  | 'isDown'
  /** Is reachable, and from now on does and says nothing at all. */
  | 'isSilent';

/** `outage` is for a transport that depends on a network. */
export type SmsTransportPart = 'receipts' | 'health' | 'closing' | 'outage';

export type SmsTransportChecks = Checks<TransportHarness>;

const NUMBER = '+46701740605';
const CODE = '492817';
const TEXT = `Your code is ${CODE}.`;

/** Each reveals a message if it is in an error, even if the error shows bytes. */
const SECRETS: readonly string[] = [
  NUMBER.slice(1),
  CODE,
  TEXT,
  Buffer.from(CODE).toString('hex').replace(/..\B/g, '$& '),
];

/** GSM 03.38 with its extension table, two alphabets that it lacks, and texts of several segments. */
export const TEXTS: readonly string[] = [
  `Bank: ${CODE} är din kod.\n\n@bank.example #${CODE}`,
  `{[€]} ~ \\ ^ | ${CODE}`,
  `Ваш код: ${CODE}`,
  `Your code 😀 is ${CODE}`,
  `${CODE} ${'is a code that comes with many words. '.repeat(6)}`,
  `${CODE} ${'это код со многими словами. '.repeat(4)}`,
];

/** Twenty numbers. */
export const NUMBERS: readonly string[] = Array.from({ length: 20 }, (_, index) => `+467017406${10 + index}`);

/** A message that lives for five minutes, with these changes. */
export function sampleMessage(changes: Partial<SmsMessage> = {}): SmsMessage {
  return { to: NUMBER, text: TEXT, expiresAt: secondsFromNow(300), ...changes };
}

export function secondsFromNow(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

/** One transport under test, with deadlines for its calls. */
export class TransportHarness {
  readonly transport: SmsTransport;
  readonly #opened: OpenSmsTransport;
  readonly #patience: number;

  constructor(opened: OpenSmsTransport, patienceMilliseconds: number) {
    this.transport = opened.transport;
    this.#opened = opened;
    this.#patience = patienceMilliseconds;
  }

  /** Sends the sample message with these changes. */
  async send(changes: Partial<SmsMessage> = {}): Promise<SendResult> {
    return this.inTime('send', () => this.transport.send(sampleMessage(changes)));
  }

  /** Like `send`; `undefined` if it rejects in time. */
  async trySend(changes: Partial<SmsMessage> = {}): Promise<SendResult | undefined> {
    return this.send(changes).catch((error: unknown) => {
      if (error instanceof assert.AssertionError) throw error;
      return undefined;
    });
  }

  /** Sends until the network accepts the message: after an outage a transport may wait a little. */
  async sendWhenItWorks(changes: Partial<SmsMessage> = {}): Promise<void> {
    const isAccepted = async () => (await this.trySend(changes))?.status === 'accepted';
    await this.eventually('takes messages again', isAccepted);
  }

  async rehearse(mood: NetworkMood, to?: string): Promise<void> {
    await this.#opened.rehearse(mood, to);
  }

  async received(): Promise<ReceivedMessages> {
    return this.#opened.received();
  }

  async close(): Promise<void> {
    await this.inTime('close', async () => this.transport.close?.());
  }

  /** Fails if the call takes too long. */
  async inTime<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
    const message = `${name} takes more than ${this.#patience} ms`;
    return within(call(), this.#patience, () => new assert.AssertionError({ message }));
  }

  /** Fails if the condition does not become true in time. */
  async eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + this.#patience;
    while (!(await condition())) {
      assert.ok(Date.now() < end, `it never ${what}`);
      await pause(10);
    }
  }

  /** The Error that `send` rejects with; fails if it does not reject in time with an Error. */
  async failure(changes: Partial<SmsMessage> = {}): Promise<Error> {
    const reason: unknown = await this.send(changes).then(
      ({ status }) => assert.fail(`send does not reject, but says ${status}`),
      (error: unknown) => error,
    );
    assert.ok(reason instanceof Error, 'send rejects with something that is not an Error');
    if (reason instanceof assert.AssertionError) throw reason;
    return reason;
  }
}

/** Fails if a number, a code or a text is anywhere in the value, at any depth. */
export function assertDiscreet(value: unknown, what: string): void {
  assert.ok(!tellsAny(SECRETS, value), `${what} contains a number, a code or a text`);
}
