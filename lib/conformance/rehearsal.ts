import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../deadline.ts';
import type { SendResult, SmsMessage, SmsTransport } from '../domain/ports.ts';
import { tellsAny } from './discretion.ts';
import { SECRETS, sampleMessage } from './sample-messages.ts';
import type { NetworkMood, OpenSmsTransport, ReceivedMessages } from './sms-transport.ts';

/** One transport under test, and what its checks need to say in few words. */
export class Rehearsal {
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

  /** As `send`; `undefined` where that rejects, in time. */
  async trySend(changes: Partial<SmsMessage> = {}): Promise<SendResult | undefined> {
    return this.send(changes).catch((error: unknown) => {
      if (error instanceof assert.AssertionError) throw error;
      return undefined;
    });
  }

  /** Sends until the network takes the message: after an outage a transport may wait a little. */
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

  /** Fails where the call takes too long. */
  async inTime<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
    const message = `${name} takes more than ${this.#patience} ms`;
    return within(call(), this.#patience, () => new assert.AssertionError({ message }));
  }

  /** Fails where that does not come about. */
  async eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + this.#patience;
    while (!(await condition())) {
      assert.ok(Date.now() < end, `it does not come about that it ${what}`);
      await pause(10);
    }
  }

  /** Why `send` rejects; fails where it does not, in time and with an Error. */
  async failure(changes: Partial<SmsMessage> = {}): Promise<Error> {
    const reason: unknown = await this.send(changes).then(
      ({ status }) => assert.fail(`send does not reject, but says ${status}`),
      (error: unknown) => error,
    );
    assert.ok(reason instanceof Error, 'send rejects with what is no Error');
    if (reason instanceof assert.AssertionError) throw reason;
    return reason;
  }
}

/** Fails where a number, a code or a text is in it, however deep. */
export function assertDiscreet(value: unknown, what: string): void {
  assert.ok(!tellsAny(SECRETS, value), `${what} tells a number, a code or a text`);
}
