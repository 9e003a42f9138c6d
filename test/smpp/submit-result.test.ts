import { expect } from 'chai';
import { failureOf, message, nameOf, Rig, until } from './rig.ts';
import type { Client } from './scripted-smsc.ts';

describe('the result of a send', () => {
  const rig = new Rig();

  it('tells that the SMSC refused the number', async () => {
    for (const submitStatus of [0x0b, 0xfe]) {
      const smsc = await rig.smsc();
      smsc.behave({ submitStatus });
      expect(await rig.transport([smsc.url]).send(message())).to.deep.equal({ status: 'refused', reason: 'number' });
    }
  });

  it('is an error with the names of the SMSC and the status if it refused the message', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ submitStatus: 0x58 });
    const failure = await failureOf(rig.transport([smsc.url], { step: 1500 }).send(message()));
    expect(failure).to.equal(`${nameOf(smsc)} refused the message: ESME_RTHROTTLED (0x58)`);
  });

  it('is an error if a generic_nack answers, whatever its status', async () => {
    for (const status of [0x03, 0x00]) {
      const smsc = await rig.scripted({
        submit_sm: (client, { sequence }) => client.send('generic_nack', sequence, {}, status),
      });
      expect(await failureOf(rig.transport([smsc.url]).send(message()))).to.contain('refused the message');
    }
  });

  it('is "unknown" if no answer came in time, and a late one does no harm', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ answerAfterMilliseconds: 1100, submits: 1 });
    const transport = rig.transport([smsc.url]);
    expect(await transport.send(message())).to.deep.equal({ status: 'unknown', smsc: nameOf(smsc) });
    await until(() => rig.log.some((line) => line.includes('answered what nobody waits for (1 times so far)')));
    expect(transport.stats().smscs[nameOf(smsc)]).to.include({ lateAnswers: 1, inFlight: 0 });
    expect(await transport.send(message())).to.include({ status: 'accepted' });
    expect(smsc.binds).to.have.lengthOf(1);
  });

  it('is "unknown" as soon as the connection closes before the answer', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ reaction: 'drop' });
    const send = rig.transport([smsc.url], { response: 60_000, send: 60_000 }).send(message());
    expect(await send).to.include({ status: 'unknown' });
  });

  it('is "accepted" without an id if the answer has none', async () => {
    const smsc = await rig.scripted({ submit_sm: ({ socket }, { sequence }) => socket.write(header(sequence)) });
    const result = await rig.transport([smsc.url]).send(message());
    expect(result).to.deep.equal({ status: 'accepted', smsc: nameOf(smsc) });
  });

  const WRONG_ANSWERS: Readonly<Record<string, (client: Client, sequence: number) => void>> = {
    'answers with another command': (client, sequence) => client.send('enquire_link_resp', sequence),
    'answers with an unknown command': ({ socket }, sequence) => socket.write(header(sequence, { id: 0x8000_0777 })),
    'gives an id without its end': ({ socket }, sequence) => {
      socket.write(Buffer.concat([header(sequence, { length: 18 }), Buffer.from('ab')]));
    },
    'closes the connection inside its answer': ({ socket }, sequence) => socket.end(header(sequence, { length: 20 })),
    'answers another message': (client, sequence) => client.send('submit_sm_resp', sequence + 5, { message_id: 'a' }),
  };
  for (const [what, answer] of Object.entries(WRONG_ANSWERS)) {
    it(`is "unknown", and not "accepted", if the SMSC ${what}`, async () => {
      const smsc = await rig.scripted({ submit_sm: (client, { sequence }) => answer(client, sequence) });
      expect(await rig.transport([smsc.url]).send(message())).to.include({ status: 'unknown' });
    });
  }

  it('warns the operator if the SMSC dislikes the route, once, and not if it is busy', async () => {
    for (const [submitStatus, warnings] of [
      [0x0a, 1],
      [0x58, 0],
    ] as const) {
      rig.log.length = 0;
      const smsc = await rig.smsc();
      smsc.behave({ submitStatus });
      const transport = rig.transport([smsc.url], { step: 900 });
      for (let round = 0; round < 2; round += 1) await failureOf(transport.send(message()));
      expect(rig.log.filter((line) => line.includes('warning: '))).to.have.lengthOf(warnings);
    }
  });
});

/** The first 16 bytes of a PDU: a `submit_sm_resp` with status 0. */
function header(sequence: number, { id = 0x8000_0004, length = 16 } = {}): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(id, 4);
  bytes.writeUInt32BE(sequence, 12);
  return bytes;
}
