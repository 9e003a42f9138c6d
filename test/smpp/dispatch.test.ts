import { expect } from 'chai';
import type { Behaviour } from '../../lib/simulator/smsc/behaviour.ts';
import type { Pdu } from '../../lib/smpp/pdu.ts';
import { message, nameOf, Rig, TEXT, until, untilReady } from './rig.ts';

/** Throttled, transient, session, route and config. */
const GOES_ON = [
  ...[0x58, 0x14],
  ...[0x08, 0x45, 0x64, 0xff, 0x102, 0x400, 0x4ff, 0x09],
  ...[0x04, 0x05],
  ...[0x0a, 0x15, 0x48, 0x49, 0x50, 0x51, 0x62, 0x65, 0x66, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0x100, 0x101, 0x103, 0x104],
  ...[0x0d, 0x0e, 0x0f, 0x53],
];
/** Number and bug. */
const STAYS = [
  ...[0x0b, 0xfe],
  ...[0x01, 0x02, 0x03, 0x06, 0x07, 0x33, 0x34, 0x40, 0x42, 0x43, 0x44, 0x54, 0x61, 0x63],
];

describe('failover', () => {
  const rig = new Rig();

  /** As many SMSCs as behaviours, all of them bound. */
  async function smscsThat(...behaviours: readonly Behaviour[]) {
    const smscs = await Promise.all(behaviours.map(() => rig.smsc()));
    for (const [index, behaviour] of behaviours.entries()) smscs[index]?.behave(behaviour);
    const transport = rig.transport(smscs.map(({ url }) => url));
    await untilReady(transport);
    const texts = () => smscs.map(({ messages }) => messages.map(({ text }) => text));
    return { transport, names: smscs.map(nameOf), smscs, texts };
  }

  for (const submitStatus of GOES_ON) {
    it(`goes on to the second SMSC after status 0x${submitStatus.toString(16)}`, async () => {
      const { transport, names, texts } = await smscsThat({ submitStatus }, {});
      expect(await transport.send(message())).to.include({ status: 'accepted', smsc: names[1] });
      // After 0x62 the first SMSC is asked once more, without a validity.
      expect(texts()).to.deep.equal([submitStatus === 0x62 ? [TEXT, TEXT] : [TEXT], [TEXT]]);
    });
  }

  for (const submitStatus of STAYS) {
    it(`does not send the same bytes to the second SMSC after status 0x${submitStatus.toString(16)}`, async () => {
      const { transport, smscs } = await smscsThat({ submitStatus }, {});
      await transport.send(message()).catch(() => undefined);
      // If the priority or the wish for a receipt may be wrong, the same SMSC gets it once more, without.
      const tries = submitStatus === 0x06 || submitStatus === 0x07 ? 2 : 1;
      expect(smscs.map(({ submits }) => submits.length)).to.deep.equal([tries, 0]);
    });
  }

  it('goes by the SMSC’s own table of statuses', async () => {
    const [own, other] = [await rig.smsc(), await rig.smsc()];
    own.behave({ submitStatus: 0x400 });
    const port = Number(new URL(own.url).port);
    const account = { host: '127.0.0.1', port, statusClasses: { 1024: 'number' } } as const;
    const transport = rig.transport([account, other.url]);
    expect(await transport.send(message())).to.deep.equal({ status: 'refused', reason: 'number' });
    expect(other.submits).to.have.lengthOf(0);
  });

  it('begins with the SMSC that has the least to do, and with the first if all have the same', async () => {
    const slow = { answerAfterMilliseconds: 50 };
    const { transport, smscs } = await smscsThat(slow, slow);
    await Promise.all(Array.from({ length: 5 }, () => transport.send(message())));
    expect(smscs.map(({ submits }) => submits.length)).to.deep.equal([3, 2]);
  });

  it('begins elsewhere if an SMSC fails its messages to five people, and tries it again in the end', async () => {
    const { transport, names, smscs } = await smscsThat({ submitStatus: 0x08 }, {});
    const numbers = Array.from({ length: 7 }, (_, index) => `+4670174060${index}`);
    for (const to of numbers) expect(await transport.send(message({ to }))).to.include({ smsc: names[1] });
    expect(smscs[0]?.submits).to.have.lengthOf(5);
    const { status, smscs: health } = await transport.health();
    expect(status).to.equal('degraded');
    expect(health[names[0] ?? '']).to.include({ lastError: 'refused the message: ESME_RSYSERR (0x08)' });
    expect(rig.log.filter((line) => line.includes('fails its messages'))).to.have.lengthOf(1);
  });

  it('does not turn away from an SMSC because of one bad number', async () => {
    const { transport, smscs } = await smscsThat({ submitStatus: 0x08 }, {});
    for (let round = 0; round < 7; round += 1) await transport.send(message());
    expect(smscs[0]?.submits).to.have.lengthOf(7);
    expect(await transport.health()).to.include({ status: 'ready' });
  });

  it('uses an SMSC that fails its messages if there is no other', async () => {
    const { transport, names, smscs } = await smscsThat({ submitStatus: 0x08 }, {});
    const numbers = Array.from({ length: 5 }, (_, index) => `+4670174060${index}`);
    for (const to of numbers) await transport.send(message({ to }));
    await smscs[1]?.close();
    await until(async () => (await transport.health()).smscs[names[1] ?? '']?.status === 'down');
    smscs[0]?.behave({});
    expect(await transport.send(message())).to.include({ smsc: names[0] });
    expect(rig.log.filter((line) => line.includes('takes messages again'))).to.have.lengthOf(1);
  });

  it('begins elsewhere with a number that an SMSC rejected after all, and with that one only', async () => {
    const rejects = await rig.scripted({
      submit_sm: (client, pdu) => {
        client.answer(pdu, { message_id: String(pdu.sequence) });
        const short_message = Buffer.from(`id:${pdu.sequence} stat:REJECTD err:003`);
        client.send('deliver_sm', pdu.sequence, { esm_class: 4, short_message });
      },
    });
    const other = await rig.smsc();
    const transport = rig.transport([rejects.url, other.url]);
    const reasons: (string | undefined)[] = [];
    transport.onReceipt(({ reason }) => reasons.push(reason));
    await untilReady(transport);
    expect(await transport.send(message())).to.include({ smsc: nameOf(rejects) });
    await until(() => reasons.length === 1);
    expect(reasons).to.deep.equal(['REJECTD 003']);
    expect(await transport.send(message())).to.include({ smsc: nameOf(other) });
    expect(await transport.send(message({ to: '+46701740606' }))).to.include({ smsc: nameOf(rejects) });
  });

  it('goes on twice if SMSCs are busy, but once only if they have troubles of their own', async () => {
    const busy = await smscsThat({ submitStatus: 0x58 }, { submitStatus: 0x14 }, {});
    expect(await busy.transport.send(message())).to.include({ smsc: busy.names[2] });
    const troubled = await smscsThat({ submitStatus: 0x08 }, { submitStatus: 0x45 }, {});
    const reasons = await troubled.transport.send(message()).catch((error: Error) => error.message);
    expect(reasons).to.equal(
      `${troubled.names[0]} refused the message: ESME_RSYSERR (0x08); ` +
        `${troubled.names[1]} refused the message: ESME_RSUBMITFAIL (0x45)`,
    );
    expect(troubled.texts()).to.deep.equal([[TEXT], [TEXT], []]);
  });

  for (const submitStatus of [0x58, 0x14]) {
    it(`goes back after a second to the only SMSC if that was busy: 0x${submitStatus.toString(16)}`, async () => {
      const { transport, names, smscs } = await smscsThat({ submitStatus, submits: 1 });
      expect(await transport.send(message())).to.include({ status: 'accepted', smsc: names[0] });
      expect(smscs[0]?.messages.map(({ status }) => status))
        .to.have.lengthOf(2)
        .and.to.include('refused');
      expect(transport.stats().smscs[names[0] ?? '']).to.include({ submits: 2, throttled: 1 });
    });
  }

  it('goes back to an SMSC that was busy, too, if the other is away longer', async () => {
    const [busy, away] = [await rig.smsc(), await rig.scripted({}, { isDeaf: true })];
    busy.behave({ submitStatus: 0x58, submits: 1 });
    const transport = rig.transport([busy.url, away.url], { step: 60_000, send: 60_000 });
    expect(await transport.send(message())).to.include({ status: 'accepted', smsc: nameOf(busy) });
  });

  it('gets through a burst at one SMSC that takes one message at a time', async () => {
    let inFlight = 0;
    const smsc = await rig.scripted({
      submit_sm(client, pdu) {
        inFlight += 1;
        const status = inFlight > 1 ? 0x14 : 0;
        setImmediate(() => {
          inFlight -= 1;
          client.answer(pdu, { message_id: String(pdu.sequence) }, status);
        });
      },
    });
    const transport = rig.transport([smsc.url], { step: 60_000, send: 60_000 });
    await untilReady(transport);
    const burst = Array.from({ length: 3 }, () => transport.send(message()));
    for (const { status } of await Promise.all(burst)) expect(status).to.equal('accepted');
    expect(transport.stats().smscs[nameOf(smsc)]?.throttled).to.be.at.least(2);
  });

  it('sends the rest of a long text again if the SMSC was too busy for it', async () => {
    const answers = [0, 0x14, 0];
    const parts: unknown[] = [];
    const smsc = await rig.scripted({
      submit_sm(client, pdu) {
        parts.push(Number(Object(pdu.fields.short_message)[5]));
        client.answer(pdu, { message_id: String(parts.length) }, answers[parts.length - 1]);
      },
    });
    const sent = await rig.transport([smsc.url]).send(message({ text: TEXT.repeat(9) }));
    expect(sent).to.deep.equal({ status: 'accepted', smsc: nameOf(smsc), messageId: '3' });
    expect(parts).to.deep.equal([1, 2, 2]);
  });

  /** Takes the first part of a text, and is too busy for all others. */
  async function smscOfOnePart() {
    const parts: Pdu[] = [];
    const smsc = await rig.scripted({
      submit_sm(client, pdu) {
        parts.push(pdu);
        client.answer(pdu, { message_id: String(parts.length) }, parts.length === 1 ? 0 : 0x58);
      },
    });
    return { smsc, parts };
  }

  it('sends the rest of a long text three times more, and then is unsure', async () => {
    const { smsc, parts } = await smscOfOnePart();
    const transport = rig.transport([smsc.url], { step: 60_000, send: 60_000 });
    const sent = await transport.send(message({ text: TEXT.repeat(9) }));
    expect(sent).to.deep.equal({ status: 'unknown', smsc: nameOf(smsc) });
    expect(parts).to.have.lengthOf(5);
    expect(transport.stats().smscs[nameOf(smsc)]).to.include({ throttled: 4, inFlight: 0 });
  });

  it('sends the rest of a long text no more if the code has too little life left for it', async () => {
    const { smsc, parts } = await smscOfOnePart();
    const transport = rig.transport([smsc.url]);
    await untilReady(transport);
    const sent = await transport.send(message({ text: TEXT.repeat(9), seconds: 20.9 }));
    expect(sent).to.deep.equal({ status: 'unknown', smsc: nameOf(smsc) });
    expect(parts).to.have.lengthOf(2);
  });

  it('is done with a long text before it has closed', async () => {
    const { smsc, parts } = await smscOfOnePart();
    const transport = rig.transport([smsc.url], { drain: 1, step: 60_000, send: 60_000 });
    const results: unknown[] = [];
    const sent = transport.send(message({ text: TEXT.repeat(9) })).then((result) => results.push(result));
    await until(() => transport.stats().smscs[nameOf(smsc)]?.throttled === 1);
    await transport.close();
    await Promise.resolve();
    expect(results).to.deep.equal([{ status: 'unknown', smsc: nameOf(smsc) }]);
    await sent;
    expect(parts).to.have.lengthOf(2);
  });

  it('is done with a long text when the session ends during the pause', async () => {
    const { smsc, parts } = await smscOfOnePart();
    const transport = rig.transport([smsc.url], {
      step: 60_000,
      send: 60_000,
      shortestPause: 60_000,
      longestPause: 60_000,
    });
    const sent = transport.send(message({ text: TEXT.repeat(9) }));
    await until(() => transport.stats().smscs[nameOf(smsc)]?.throttled === 1);
    smsc.clients[0]?.socket.destroy();
    expect(await sent).to.deep.equal({ status: 'unknown', smsc: nameOf(smsc) });
    expect(transport.stats().routes['+']).to.include({ unknown: 1, failed: 0 });
    expect(parts).to.have.lengthOf(2);
  });

  it('sends the same text once more if an answer is lost, and no third time', async () => {
    const { transport, names, texts } = await smscsThat({ reaction: 'silence' }, { reaction: 'drop' }, {});
    expect(await transport.send(message())).to.deep.equal({ status: 'unknown', smsc: names[0] });
    expect(texts()).to.deep.equal([[TEXT], [TEXT], []]);
  });

  it('believes the second SMSC that accepts after a lost answer', async () => {
    const { transport, names } = await smscsThat({ reaction: 'silence' }, {});
    expect(await transport.send(message())).to.include({ status: 'accepted', smsc: names[1] });
  });

  it('stays unsure after a lost answer, whatever the second SMSC refuses', async () => {
    const { transport, names } = await smscsThat({ reaction: 'drop' }, { submitStatus: 0x0b });
    expect(await transport.send(message())).to.deep.equal({ status: 'unknown', smsc: names[0] });
  });

  for (const [what, status] of [
    ['busy', 0x58],
    ['in trouble', 0x08],
    ['at odds with it', 0x01],
  ] as const) {
    it(`is unsure of a long text if the SMSC takes its first part, and then is ${what}`, async () => {
      let parts = 0;
      const smsc = await rig.scripted({
        submit_sm(client, pdu) {
          parts += 1;
          client.answer(pdu, { message_id: String(parts) }, parts === 1 ? 0 : status);
        },
      });
      const sent = await rig.transport([smsc.url], { send: 1900 }).send(message({ text: TEXT.repeat(9) }));
      expect(sent).to.deep.equal({ status: 'unknown', smsc: nameOf(smsc) });
      expect(parts).to.equal(2);
    });
  }

  it('asks the same SMSC without priority if it does not know that, and remembers it', async () => {
    const { transport, names, smscs } = await smscsThat({ submitStatus: 0x06, submits: 1 }, {});
    for (let round = 0; round < 2; round += 1) {
      expect(await transport.send(message())).to.include({ status: 'accepted', smsc: names[0] });
    }
    expect(smscs[0]?.submits.map(({ fields }) => fields.priority_flag)).to.deep.equal([1, 0, 0]);
  });

  it('binds again if the SMSC lost track of the session, or of where PDUs begin', async () => {
    for (const submitStatus of [0x04, 0x02]) {
      const { transport, smscs } = await smscsThat({ submitStatus, submits: 1 }, {});
      await transport.send(message()).catch(() => undefined);
      await until(() => smscs[0]?.binds.length === 2);
      expect(rig.log.join('\n')).to.match(new RegExp(`lost track of the session: ESME_\\w+ \\(0x0${submitStatus}\\)`));
      expect(smscs[1]?.binds).to.have.lengthOf(1);
    }
  });

  it('uses the second SMSC while the first is down, and the first again when it is back', async () => {
    const { transport, names, smscs } = await smscsThat({}, {});
    const [one] = smscs;
    await one?.close();
    expect(await transport.send(message())).to.include({ smsc: names[1] });
    expect(await transport.health()).to.include({ status: 'degraded' });
    await rig.smsc({ port: Number(names[0]?.split(':')[1]) });
    await untilReady(transport);
    expect(await transport.send(message())).to.include({ smsc: names[0] });
  });
});
