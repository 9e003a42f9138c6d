import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { SendResult, SmsTransport } from '../../lib/index.ts';
import { createRig, type Rig } from '../support/rig.ts';

interface Answer {
  resolve(result: SendResult): void;
  reject(error: Error): void;
}

/** A transport that answers when it is told to. */
function slowRig(options: Parameters<typeof createRig>[0] = {}): Rig & { readonly answers: Answer[] } {
  const answers: Answer[] = [];
  const transport: SmsTransport = {
    send: () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
  };
  return { ...createRig({ ...options, transport }), answers };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}

describe('an SMSC that answers late', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  /** Ada's login, answered though the SMSC is silent. */
  async function loginWithout(rig: ReturnType<typeof slowRig>) {
    const jar = rig.browser();
    let isAnswered = false;
    const login = jar.login().finally(() => {
      isAnswered = true;
    });
    await until(() => rig.answers.length > 0);
    mock.timers.tick(9_999);
    for (const _ of 'a few turns') await nextTurn();
    expect(isAnswered).to.equal(false);
    mock.timers.tick(1);
    return { jar, flow: await login };
  }

  it('keeps no request longer than 10 seconds, and its answer is told on the page', async () => {
    const rig = slowRig();
    const { jar, flow } = await loginWithout(rig);
    expect(flow).to.deep.include({ stage: 'code' });
    expect(flow.pending).to.include({ delivery: 'queued' });
    expect(await jar.pending()).to.include({ delivery: 'queued' });
    rig.clock.advance(12);
    rig.answers[0]?.resolve({ status: 'accepted', smsc: 'slow', messageId: '1' });
    await rig.submissions.settled();
    expect(await jar.pending()).to.include({ delivery: 'accepted' });
    expect(rig.events.at(-1)?.[0]).to.equal('codeSent');
    expect(rig.events.at(-1)?.[1]).to.include({ smsc: 'slow', milliseconds: 12_000 });
    await rig.deliveries.receive({ smsc: 'slow', messageId: '1', state: 'delivered' });
    expect(await jar.pending()).to.include({ delivery: 'delivered' });
  });

  it('and refuses then is a message that failed: the person may send again, and it costs no send', async () => {
    const rig = slowRig({ limits: { sendsPerUserPerHour: 1 } });
    const { jar } = await loginWithout(rig);
    rig.answers[0]?.reject(new Error('no SMSC is connected'));
    await rig.submissions.settled();
    expect(await jar.pending()).to.include({ delivery: 'failed' });
    expect(rig.events.map(([name]) => name)).to.include.members(['sendRefused', 'fault']);
    rig.clock.advance(30);
    const again = jar.send();
    await until(() => rig.answers.length > 1);
    rig.answers[1]?.resolve({ status: 'accepted', smsc: 'slow', messageId: '2' });
    expect((await again).pending).to.include({ delivery: 'accepted' });
  });

  it('and refuses a number that nobody has proven has cost a send', async () => {
    const rig = slowRig({
      limits: { sendsPerUserPerHour: 1 },
      enrollment: { when: 'always', allowedCountries: ['SE'] },
    });
    const jar = rig.browser();
    await jar.begin('alan');
    const send = jar.send({ number: '+46701740699', purpose: 'enroll' });
    await until(() => rig.answers.length > 0);
    mock.timers.tick(10_000);
    await send;
    rig.answers[0]?.resolve({ status: 'refused', reason: 'number' });
    await rig.submissions.settled();
    expect(await jar.pending()).to.include({ delivery: 'failed' });
    rig.clock.advance(30);
    const refusal = await jar.send({ number: '+46701740699', purpose: 'enroll' }).catch((error: unknown) => error);
    expect(refusal).to.include({ code: 'TOO_MANY_SENDS' });
  });
});
