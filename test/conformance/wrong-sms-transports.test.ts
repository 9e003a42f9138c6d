import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type OpenSmsTransport, testSmsTransport } from '../../lib/conformance/index.ts';
import type { DeliveryReceipt, SendResult, SmsMessage, SmsTransport } from '../../lib/domain/ports.ts';
import { MemoryNetwork, MemorySmsTransport } from './memory-sms-transport.ts';

type Wrong = (right: MemorySmsTransport, network: MemoryNetwork) => Partial<SmsTransport>;

/** The error that the wrong ones throw. */
const REFUSAL = new Error('no');
const FAR = new Date(Date.now() + 1e9);

/** A defect, and the promise that is broken by it. */
const WRONG: readonly (readonly [what: string, promise: string, wrong: Wrong])[] = [
  ['that is never sure', 'says accepted if the network takes the message', (right) => saying(right, 'unknown')],
  [
    'that says accepted and sends nothing',
    'says accepted if the network takes the message',
    () => ({ send: async () => ({ status: 'accepted' }) }),
  ],
  [
    'that knows Latin letters only',
    'brings number and text as they are',
    (right) => ({ send: (message) => right.send({ ...message, text: message.text.replace(/[^ -ÿ\n]/g, '?') }) }),
  ],
  [
    'that cuts a text',
    'brings number and text as they are',
    (right) => ({ send: (message) => right.send({ ...message, text: message.text.slice(0, 160) }) }),
  ],
  [
    'that knows no templates',
    'takes a templateId, and brings the text as it is',
    (right) => ({ send: async (message) => (message.templateId === undefined ? right.send(message) : fail()) }),
  ],
  [
    'that writes the template into the text',
    'takes a templateId, and brings the text as it is',
    (right) => ({
      send: (message) => right.send({ ...message, text: `${message.templateId ?? ''}${message.text}` }),
    }),
  ],
  [
    'that names a route of its own making',
    'names a route in its answer only if its health tells of it',
    (right) => changing(right, (result) => ({ ...result, route: 'nowhere' })),
  ],
  [
    'that sends the samples',
    'sends nothing when it is examined with sample texts',
    (right) => ({
      async *examine(samples = []) {
        for (const { text } of samples) await right.send({ to: '+46701740605', text, expiresAt: FAR });
        yield { check: 'samples', status: 'ok', detail: 'sent' };
      },
    }),
  ],
  [
    'that has to be opened',
    'works before open, after it, and if that is called twice',
    (right) => {
      let isOpen = false;
      const send = async (message: SmsMessage) => (isOpen ? right.send(message) : fail());
      const open = () => {
        isOpen = true;
      };
      return { open, send };
    },
  ],
  [
    'that can be opened once',
    'works before open, after it, and if that is called twice',
    () => {
      let isOpen = false;
      const open = () => {
        if (isOpen) fail();
        isOpen = true;
      };
      return { open };
    },
  ],
  [
    'that rejects a number',
    'says refused if the network refuses the number',
    (right) => changing(right, (result) => (result.status === 'refused' ? fail() : result)),
  ],
  [
    'that takes every failure for doubt',
    'rejects if the network takes nothing, and does not send it later',
    (right) => ({ send: (message) => right.send(message).catch(() => ({ status: 'unknown' })) }),
  ],
  [
    'that rejects, and sends later',
    'rejects if the network takes nothing, and does not send it later',
    (right) => sendingLater(right),
  ],
  [
    'that rejects without an answer',
    'says unknown, and does not reject, if the network may have the message',
    (right) => changing(right, (result) => (result.status === 'unknown' ? fail() : result)),
  ],
  [
    'that hopes for the best',
    'says unknown, and does not reject, if the network may have the message',
    (right) => saying(right, 'accepted'),
  ],
  [
    'that does not look at the end of life',
    'rejects a message that has expired, and does not send it',
    (right) => ({ send: (message) => right.send({ ...message, expiresAt: FAR }) }),
  ],
  [
    'that tries until it works',
    'sends nothing after it has expired',
    (right) => ({
      async send(message) {
        for (;;) {
          try {
            return await right.send({ ...message, expiresAt: FAR });
          } catch {
            await pause(10);
          }
        }
      },
    }),
  ],
  [
    'that has one message in its hands',
    'does not mix what is sent at the same time',
    (right) => {
      let current: SmsMessage;
      const send = async (message: SmsMessage) => {
        current = message;
        await pause(1);
        return right.send(current);
      };
      return { send };
    },
  ],
  [
    'that says in the cause what it could not send',
    'has no number, code or text in its errors, however deep',
    (right) => ({
      send: (message) =>
        right.send(message).catch((cause) => {
          throw new Error('no', { cause: Object.assign(new Error('no', { cause }), { fields: [message.text] }) });
        }),
    }),
  ],
  [
    'that shows the bytes that it could not send',
    'has no number, code or text in its errors, however deep',
    (right) => ({
      send: (message) =>
        right.send(message).catch(() => {
          throw Object.assign(new Error('no'), { bytes: Buffer.from(message.text) });
        }),
    }),
  ],

  [
    'whose answers and receipts have different names',
    'tells of a delivery, under the names that send gave',
    (right) => reporting(right, (receipt) => ({ ...receipt, messageId: `0x${receipt.messageId}` })),
  ],
  [
    'that does not name the SMSC',
    'tells of a delivery, under the names that send gave',
    (right) => changing(right, ({ status }) => (status === 'refused' ? fail() : { status, messageId: '1' })),
  ],
  [
    'that takes every receipt for a delivery',
    'tells that a message was not delivered',
    (right) => reporting(right, (receipt) => ({ ...receipt, state: 'delivered' })),
  ],
  [
    'that does not know a message before its answer',
    'tells of a delivery that is reported before the answer',
    (right) => {
      const known = new Set<string | undefined>();
      const { onReceipt } = reporting(right, (receipt) => (known.has(receipt.messageId) ? receipt : undefined));
      const send = async (message: SmsMessage) => {
        const result = await right.send(message);
        if (result.status === 'accepted') known.add(result.messageId);
        return result;
      };
      return { onReceipt, send };
    },
  ],
  [
    'that forgets a message with its receipt',
    'tells the same if a delivery is reported twice',
    (right) => {
      const told = new Set<string>();
      return reporting(right, (receipt) => {
        const isNew = !told.has(receipt.messageId);
        told.add(receipt.messageId);
        return isNew ? receipt : { ...receipt, state: 'unknown' };
      });
    },
  ],
  [
    'that tells of a failure after a delivery',
    'takes no delivery back',
    (right, network) => ({
      onReceipt: (listener) =>
        right.onReceipt((receipt) => {
          listener(receipt);
          if (network.moodFor('') === 'takesBack') listener({ ...receipt, state: 'failed' });
        }),
    }),
  ],
  [
    'that tells of each segment',
    'tells of a text of several segments once, under the name that send gave',
    (right) => ({
      onReceipt: (listener) =>
        right.onReceipt((receipt) => {
          for (const messageId of [receipt.messageId, `${receipt.messageId}.2`]) listener({ ...receipt, messageId });
        }),
    }),
  ],
  [
    'that takes each receipt for that of the last message',
    'does not mix the reports of what is sent at the same time',
    (right, { received }) => reporting(right, (receipt) => ({ ...receipt, messageId: String(received.length) })),
  ],

  [
    'that is never well',
    'is ready if the network works',
    () => ({ health: async () => ({ status: 'degraded', smscs: { memory: { status: 'degraded' } } }) }),
  ],
  [
    'that is always well',
    'is down while the network is, and ready again when it is back',
    () => ({ health: async () => ({ status: 'ready', smscs: { memory: { status: 'ready' } } }) }),
  ],
  [
    'that asks a silent network how it is',
    'says something in time if the network is silent',
    (right, network) => ({ health: () => (network.moodFor('') === 'isSilent' ? never() : right.health()) }),
  ],
  [
    'that tells its last message',
    'tells no number, code or text',
    (right) => {
      let lastError = '';
      const send = (message: SmsMessage) => {
        lastError = `connect ECONNREFUSED for ${message.to}`;
        return right.send(message);
      };
      const health = async () => ({
        status: 'down' as const,
        smscs: { memory: { status: 'down' as const, lastError } },
      });
      return { send, health };
    },
  ],

  [
    'that drops what is on its way',
    'waits for what is being sent',
    (right) => {
      let drop = (): void => {};
      const dropped = new Promise<void>((resolve) => {
        drop = resolve;
      });
      const send = (message: SmsMessage) => Promise.race([right.send(message), dropped.then(fail)]);
      return { send, close: async () => drop() };
    },
  ],
  [
    'that goes on',
    'rejects what comes after it, sends nothing of it, and tells no secret',
    () => ({ close: async () => {} }),
  ],
  [
    'that is closed once',
    'may be called twice, and without anything before',
    (right) => {
      let isClosed = false;
      const close = async () => {
        if (isClosed) fail();
        isClosed = true;
        await right.close();
      };
      return { close };
    },
  ],
  [
    'that says goodbye for ever',
    'ends in time if the network is silent',
    (right, network) => ({ close: () => (network.moodFor('') === 'isSilent' ? never() : right.close()) }),
  ],

  [
    'that keeps what it could not send',
    'rejects in time while the network is down, and does not send it later',
    (right) => sendingLater(right),
  ],
  [
    'that waits for ever',
    'settles in time if the network is silent, and does not say accepted',
    (right, network) => ({ send: (message) => (network.moodFor('') === 'isSilent' ? never() : right.send(message)) }),
  ],
  [
    'that does not wait for an answer',
    'settles in time if the network is silent, and does not say accepted',
    (right) => ({ send: (message) => right.send(message).catch(() => ({ status: 'accepted' })) }),
  ],
  [
    'that waits for its first connection for ever',
    'settles in time if the network is silent from the beginning',
    (right, network) => ({ send: (message) => (network.moodFor('') === 'isSilent' ? never() : right.send(message)) }),
  ],
  [
    'that says whom it could not reach',
    'tells no secret in the errors of an outage',
    (right) => ({
      send: (message) =>
        right.send(message).catch(() => {
          throw new Error(`No SMSC for ${message.to}.`);
        }),
    }),
  ],
];

describe('the conformance suite for SMS transports, with a transport', () => {
  for (const [what, promise, wrong] of WRONG) {
    it(`${what}: fails in “${promise}”`, async () => {
      const check = promises(wrong, 300).get(promise) ?? expect.fail('there is no such promise');
      const error = await check().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      // The transport's own error says more than an assertion.
      if (error !== REFUSAL) expect(error).to.have.property('code', 'ERR_ASSERTION');
    });
  }

  it('has one that is wrong for each of its promises', () => {
    expect(new Set(WRONG.map(([, promise]) => promise))).to.deep.equal(new Set(promises(() => ({})).keys()));
  });

  describe('that these are made of:', () => {
    testSmsTransport({ describe, it }, { open: async () => open(() => ({})) });
  });

  it('leaves out what it is told to', () => {
    const titles = [...promises(() => ({})).keys()];
    const left = [
      ...collect((runner) =>
        testSmsTransport(runner, {
          open: async () => open(() => ({})),
          leaveOut: ['receipts', 'health', 'closing', 'outage'],
        }),
      ).keys(),
    ];
    expect(left).to.deep.equal(titles.slice(0, left.length)).and.have.lengthOf(13);
  });
});

type Tests = ReadonlyMap<string, () => Promise<void>>;
type Runner = Parameters<typeof testSmsTransport>[0];

/** The suite's tests by title, for a transport that is wrong in this way. */
function promises(wrong: Wrong, patienceMilliseconds = 15_000): Tests {
  return collect((runner) => testSmsTransport(runner, { open: async () => open(wrong), patienceMilliseconds }));
}

function collect(run: (runner: Runner) => void): Tests {
  const tests = new Map<string, () => Promise<void>>();
  run({
    describe: (_title, body) => body(),
    it: (title, body) => void tests.set(title, body),
  });
  return tests;
}

function open(wrong: Wrong): OpenSmsTransport {
  const network = new MemoryNetwork();
  const right = new MemorySmsTransport(network);
  const parts: Required<Omit<SmsTransport, 'examine' | 'checkTexts'>> = {
    send: (message) => right.send(message),
    onReceipt: (listener) => right.onReceipt(listener),
    open: () => right.open(),
    health: () => right.health(),
    close: () => right.close(),
  };
  return {
    transport: { ...parts, ...wrong(right, network) },
    received: () => network.received,
    rehearse: (mood, to) => network.rehearse(mood, to),
  };
}

function saying(right: SmsTransport, status: 'accepted' | 'unknown'): Partial<SmsTransport> {
  return changing(right, (result) => (result.status === 'refused' ? result : { ...result, status }));
}

function changing(right: SmsTransport, change: (result: SendResult) => SendResult): Partial<SmsTransport> {
  return { send: async (message) => change(await right.send(message)) };
}

/** Rejects, and keeps the message for the next time that something is sent. */
function sendingLater(right: SmsTransport): Partial<SmsTransport> {
  const kept: SmsMessage[] = [];
  return {
    async send(message) {
      for (const old of kept.splice(0)) await right.send(old).catch(() => kept.push(old));
      return right.send(message).catch(() => {
        kept.push(message);
        return fail();
      });
    },
  };
}

function reporting(
  right: Required<Pick<SmsTransport, 'onReceipt'>>,
  change: (receipt: DeliveryReceipt) => DeliveryReceipt | undefined,
): Required<Pick<SmsTransport, 'onReceipt'>> {
  return {
    onReceipt(listener) {
      right.onReceipt((receipt) => {
        const changed = change(receipt);
        if (changed !== undefined) listener(changed);
      });
    },
  };
}

function fail(): never {
  throw REFUSAL;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
