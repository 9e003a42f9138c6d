import { expect } from 'chai';
import type { ReceivedMessage } from '../../lib/simulator/smsc/messages.ts';
import { message, nameOf, Rig, until, untilReady } from './rig.ts';

const MESSAGES = Array.from({ length: 100 }, (_, index) => ({
  to: `+46701740${String(index).padStart(3, '0')}`,
  text: `Your code is ${100_000 + index * 7}.`,
}));

describe('two SMSCs, of which one is killed with 100 messages in flight', () => {
  const rig = new Rig();

  it('lose none, send nobody two different codes, and are both used again when the one is back', async () => {
    const [one, other] = [await rig.smsc(), await rig.smsc()];
    const smscs = [one, other].map(({ url }) => ({ host: '127.0.0.1', port: Number(new URL(url).port), window: 50 }));
    for (const smsc of [one, other]) smsc.behave({ answerAfterMilliseconds: 500 });
    const transport = rig.transport(smscs, { response: 60_000, step: 60_000, send: 60_000 });
    await untilReady(transport);
    const sends = MESSAGES.map((each) => transport.send(message(each)));
    await until(() => one.submits.length + other.submits.length === 100);
    await one.close();
    const results = await Promise.all(sends);

    expect(results.map(({ status }) => status)).to.deep.equal(Array(100).fill('accepted'));
    const arrived = [...one.messages, ...other.messages];
    const texts = textsByNumber(arrived);
    for (const { to, text } of MESSAGES) expect(texts.get(to)).to.deep.equal(new Set([text]));
    expect(arrived.length).to.be.within(100, 200);
    expect(other.messages).to.have.lengthOf(100);

    const back = await rig.smsc({ port: Number(new URL(one.url).port) });
    await untilReady(transport);
    expect(await transport.send(message())).to.include({ status: 'accepted', smsc: nameOf(back) });
  });
});

function textsByNumber(messages: readonly ReceivedMessage[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { to, text } of messages) groups.set(to, (groups.get(to) ?? new Set()).add(text));
  return groups;
}
