import { expect } from 'chai';
import { message, Rig, TEXT, until, untilReady } from './rig.ts';

describe('an SMSC that unbinds', () => {
  const rig = new Rig();

  for (const answerAfterMilliseconds of [0, 5, 60]) {
    it(`may answer ${answerAfterMilliseconds} ms later: no other SMSC gets the message too`, async () => {
      const [one, two] = [await rig.smsc(), await rig.smsc()];
      const transport = rig.transport([one.url, two.url], { unbind: 2000, response: 5000 });
      await untilReady(transport);
      one.behave({ submits: 1, reaction: 'unbind', answerAfterMilliseconds });
      const { id } = await Promise.all([transport.send(message()), one.nextMessage('+46701740605')]).then(
        ([result]) => ({ id: result.status === 'accepted' ? result.smsc : result.status }),
      );
      expect(id).to.equal(new URL(one.url).host);
      expect([one, two].map(({ messages }) => messages.length)).to.deep.equal([1, 0]);
      await untilReady(transport);
      expect(one.binds).to.have.length(2);
    });
  }

  it('gets no message after that, and is left when it neither answers nor closes', async () => {
    const smsc = await rig.scripted({ submit_sm: (client) => client.send('unbind', 1) });
    const transport = rig.transport([smsc.url], { unbind: 50, response: 60_000, send: 60_000 });
    expect(await transport.send(message())).to.include({ status: 'unknown' });
    expect(smsc.commands.filter((command) => command === 'submit_sm')).to.have.length(1);
    expect(smsc.commands).to.include('unbind_resp');
  });

  it('keeps the answers of others if it says that the session is not bound', async () => {
    const waiting: (() => void)[] = [];
    const smsc = await rig.scripted({
      submit_sm: (client, pdu) => {
        if (String(pdu.fields.short_message) === 'late') client.answer(pdu, {}, 0x04);
        else waiting.push(() => client.answer(pdu, { message_id: 'a' }));
      },
    });
    const transport = rig.transport([smsc.url], { response: 5000 });
    const first = transport.send(message());
    await until(() => waiting.length === 1);
    await transport.send(message({ text: 'late' })).catch(() => undefined);
    waiting[0]?.();
    expect(await first).to.include({ status: 'accepted', messageId: 'a' });
  });

  it('loses nothing and doubles nothing over ten restarts', async function () {
    this.timeout(60_000);
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url], { unbind: 2000, response: 5000, shortestPause: 1, longestPause: 5 });
    await untilReady(transport);
    const numbers = Array.from({ length: 2000 }, (_, index) => `+467017${String(index).padStart(5, '0')}`);
    const seen = new Map<string, number>();
    smsc.onMessage(({ to, status }) => {
      if (status === 'accepted') seen.set(to, (seen.get(to) ?? 0) + 1);
    });
    let done = 0;
    const queue = [...numbers];
    const worker = async () => {
      for (let to = queue.pop(); to !== undefined; to = queue.pop()) {
        if (++done % 200 === 100) smsc.behave({ submits: 1, reaction: 'unbind', answerAfterMilliseconds: 5 });
        expect(await transport.send(message({ to }))).to.include({ status: 'accepted' });
      }
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    expect(smsc.binds).to.have.length(11);
    expect([...seen.values()].filter((times) => times > 1)).to.deep.equal([]);
    expect(seen.size).to.equal(numbers.length);
    expect(rig.log.join('\n')).to.not.contain(TEXT);
  });
});
