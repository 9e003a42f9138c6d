import { format } from 'node:util';
import debug from 'debug';
import type { SmsMessage } from '../../lib/domain/ports.ts';
import { type SmscSimulator, startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import type { SmppTransportOptions } from '../../lib/smpp/smpp-options.ts';
import { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS, type Timeouts } from '../../lib/smpp/timeouts.ts';
import { ScriptedSmsc } from './scripted-smsc.ts';

/** Short enough to wait for, and long enough for a slow machine. */
const QUICK: Timeouts = { ...TIMEOUTS, response: 1000, unbind: 300, shortestPause: 10, longestPause: 50 };

export const TO = '+46701740605';
export const TEXT = 'Your code is 492817.';

export function message(changes: { to?: string; text?: string; seconds?: number } = {}): SmsMessage {
  const { to = TO, text = TEXT, seconds = 300 } = changes;
  return { to, text, expiresAt: new Date(Date.now() + seconds * 1000) };
}

/** The rejection of a promise. Nothing may hang on to the error. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.catch((error: unknown) => error);
  if (outcome instanceof Error && outcome.cause === undefined) return outcome.message;
  throw new Error('It did not reject with an Error without a cause.');
}

/** Resolves when the condition holds; the test's own time limit ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export async function untilReady(transport: SmppTransport): Promise<void> {
  transport.open();
  await until(async () => (await transport.health()).status === 'ready');
}

/** The fault of the transport's only SMSC, as soon as it has one. */
export async function untilFailed(transport: SmppTransport): Promise<string> {
  let failure: string | undefined;
  transport.open();
  await until(async () => {
    failure = Object.values((await transport.health()).smscs)[0]?.lastError;
    return failure !== undefined;
  });
  return failure ?? '';
}

/** Transports and SMSCs for the tests of one suite: closed after each, and what is logged stays off the screen. */
export class Rig {
  /** The log of the test that runs. */
  readonly log: string[] = [];
  readonly #open: { close(): Promise<void> }[] = [];

  constructor() {
    const { log } = debug;
    beforeEach(() => {
      this.log.length = 0;
      debug.log = (...values) => this.log.push(format(...values));
      debug.enable('express-sms-otp:*');
    });
    afterEach(async () => {
      for (const it of this.#open.splice(0).reverse()) await it.close();
      debug.disable();
      debug.log = log;
    });
  }

  transport(
    smscs: SmppTransportOptions['smscs'],
    timeouts: Partial<Timeouts> = {},
    options: Partial<SmppTransportOptions> = {},
  ): SmppTransport {
    return this.#keep(new SmppTransport({ smscs, source: 'Example', ...options }, { ...QUICK, ...timeouts }));
  }

  async smsc(...options: Parameters<typeof startSmsc>): Promise<SmscSimulator> {
    return this.#keep(await startSmsc(...options));
  }

  async scripted(...script: Parameters<typeof ScriptedSmsc.start>): Promise<ScriptedSmsc> {
    return this.#keep(await ScriptedSmsc.start(...script));
  }

  #keep<Part extends { close(): Promise<void> }>(part: Part): Part {
    this.#open.push(part);
    return part;
  }
}

/** The name of an SMSC by its URL. */
export function nameOf({ url }: { readonly url: string }): string {
  return new URL(url).host;
}
