import { expect } from 'chai';
import { failureOf, message, nameOf, Rig, until } from './rig.ts';
import type { ScriptedSmsc } from './scripted-smsc.ts';

describe('the submit queue', () => {
  const rig = new Rig();

  function withWindow(smsc: ScriptedSmsc, window: number) {
    return { host: '127.0.0.1', port: Number(new URL(smsc.url).port), window };
  }

  it('keeps to the window, and to the order', async () => {
    const waiting: (() => void)[] = [];
    const smsc = await rig.scripted({ submit_sm: (client, pdu) => waiting.push(() => client.answer(pdu)) });
    const transport = rig.transport([withWindow(smsc, 3)], { response: 60_000 });
    const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`);
    const sends = texts.map((text) => transport.send(message({ text })));
    for (let unanswered = texts.length; unanswered > 0; unanswered -= 1) {
      await until(() => waiting.length === Math.min(3, unanswered));
      waiting.shift()?.();
    }
    await Promise.all(sends);
    const submits = smsc.received.filter(({ command }) => command === 'submit_sm');
    expect(submits.map(({ fields }) => String(fields.short_message))).to.deep.equal(texts);
  });

  it('lets go first what is due first', async () => {
    let answer = (): void => undefined;
    const smsc = await rig.scripted({
      submit_sm: (client, pdu) => {
        answer = () => client.answer(pdu);
      },
    });
    const transport = rig.transport([withWindow(smsc, 1)], { response: 600_000, step: 600_000, send: 600_000 });
    const sends = [500, 400, 100, 300, 200].map((seconds) => transport.send(message({ seconds, text: `${seconds}` })));
    const submits = () => smsc.received.filter(({ command }) => command === 'submit_sm');
    for (let count = 1; count <= sends.length; count += 1) {
      await until(() => submits().length === count);
      answer();
    }
    await Promise.all(sends);
    const order = submits().map(({ fields }) => String(fields.short_message));
    expect(order).to.deep.equal(['100', '200', '300', '400', '500']);
  });

  it('drops what is overdue, says so and counts it', async () => {
    const smsc = await rig.scripted();
    const timeouts = { response: 60_000, send: 60_000, step: 60_000, drain: 1 };
    const transport = rig.transport([withWindow(smsc, 1)], timeouts);
    const first = transport.send(message());
    await until(() => smsc.commands.includes('submit_sm'));
    const failure = await failureOf(transport.send(message({ seconds: 20.1 })));
    expect(failure).to.equal(`${nameOf(smsc)} cannot be used: no room in time`);
    expect(transport.stats()).to.include({ overdue: 1, waiting: 0 });
    await transport.close();
    expect(await first).to.include({ status: 'unknown' });
  });

  it('gives answers in any order to their own messages', async () => {
    const waiting: (() => void)[] = [];
    const smsc = await rig.scripted({
      submit_sm: (client, pdu) =>
        waiting.push(() => client.answer(pdu, { message_id: String(pdu.fields.short_message) })),
    });
    const transport = rig.transport([smsc.url], { response: 60_000 });
    const sends = ['a', 'b', 'c'].map((text) => transport.send(message({ text })));
    await until(() => waiting.length === 3);
    for (const answer of waiting.reverse()) answer();
    const ids = (await Promise.all(sends)).map((result) => ('messageId' in result ? result.messageId : ''));
    expect(ids).to.deep.equal(['a', 'b', 'c']);
  });

  it('rejects who waited for a place too long, and who finds a thousand waiting', async () => {
    const smsc = await rig.scripted();
    const transport = rig.transport([withWindow(smsc, 1)], { response: 60_000, send: 60_000, step: 2000, drain: 1 });
    const first = transport.send(message());
    await until(() => smsc.commands.includes('submit_sm'));
    const crowd = Array.from({ length: 1001 }, () => failureOf(transport.send(message())));
    const tooLong = `${nameOf(smsc)} cannot be used: no room in time`;
    expect(new Set(await Promise.all(crowd.slice(0, 1000)))).to.deep.equal(new Set([tooLong]));
    expect(await crowd[1000]).to.equal('too many messages wait already');
    await transport.close();
    expect(await first).to.include({ status: 'unknown' });
    expect(smsc.commands.filter((command) => command === 'submit_sm')).to.have.lengthOf(1);
  });

  it('keeps nobody waiting for an SMSC that was tried already', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ submitStatus: 0x08 });
    const transport = rig.transport([smsc.url], { step: 60_000, send: 60_000 });
    expect(await failureOf(transport.send(message()))).to.contain('ESME_RSYSERR');
    expect(smsc.submits).to.have.lengthOf(1);
  });
});
