import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { encode, type PduFields } from '../../lib/smpp/pdu.ts';
import { message, Rig, untilReady } from './rig.ts';

const SESSIONS_OF_BODIES = 180;
const SESSIONS_OF_LENGTHS = 20;
const PDUS_EACH = 500;
const WARM_UP = 20;
const MEGABYTE = 2 ** 20;

const RECEIPT = { esm_class: 4, short_message: Buffer.from('id:a1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:') };
const TEMPLATES: readonly [string, PduFields][] = [
  ['submit_sm_resp', { message_id: 'a1' }],
  ['deliver_sm', RECEIPT],
  ['deliver_sm', { ...RECEIPT, receipted_message_id: 'a1', message_state: 2 }],
  ['data_sm', { receipted_message_id: 'a1', message_state: 5 }],
  ['enquire_link', {}],
  ['enquire_link_resp', {}],
  ['bind_transceiver_resp', { system_id: 'smsc' }],
  ['unbind_resp', {}],
  ['generic_nack', {}],
  ['alert_notification', {}],
];

/** Which template, how many bytes of it, and then for each: where and what. */
const mutation = fc.uint8Array({ minLength: 12, maxLength: 12 });
const batch = fc.array(mutation, { minLength: PDUS_EACH, maxLength: PDUS_EACH, size: 'max' });

describe('100 000 mutated PDUs from the SMSC', () => {
  const rig = new Rig();

  it('leave every send settled, the memory flat, and the next good session as good as any', async function () {
    this.timeout(180_000);
    let answer: (sequence: number) => Buffer = () => Buffer.alloc(0);
    const smsc = await rig.scripted({ submit_sm: ({ socket }, { sequence }) => socket.write(answer(sequence)) });
    const transport = rig.transport([smsc.url], { send: 60_000, step: 60_000 });
    let sessions = 0;
    let heap = 0;

    const attack = async (mutations: readonly Uint8Array[], firstByte: number): Promise<void> => {
      answer = (sequence) => mutate(mutations, sequence, firstByte);
      await transport.send(message()).catch(() => undefined);
      smsc.received.length = 0;
      smsc.clients.splice(0, smsc.clients.length - 1);
      rig.log.length = 0;
      sessions += 1;
      if (sessions === WARM_UP) heap = usedHeap();
    };
    const options = { seed: 42, numRuns: SESSIONS_OF_BODIES, endOnFailure: true };
    await fc.assert(
      fc.asyncProperty(batch, (mutations) => attack(mutations, 4)),
      options,
    );
    const lengths = { ...options, numRuns: SESSIONS_OF_LENGTHS };
    await fc.assert(
      fc.asyncProperty(batch, (mutations) => attack(mutations, 0)),
      lengths,
    );

    expect(sessions).to.equal(SESSIONS_OF_BODIES + SESSIONS_OF_LENGTHS);
    expect(usedHeap() - heap).to.be.lessThan(10 * MEGABYTE);
    answer = (sequence) => encode('submit_sm_resp', sequence, { message_id: 'good' });
    await untilReady(transport);
    expect(await transport.send(message())).to.include({ status: 'accepted', messageId: 'good' });
    expect(transport.stats()).to.include({ waiting: 0 });
    for (const { inFlight } of Object.values(transport.stats().smscs)) expect(inFlight).to.equal(0);
  });
});

/** Some answer the submit, some another; with the first byte at 4 their lengths stay right. */
function mutate(mutations: readonly Uint8Array[], sequence: number, firstByte: number): Buffer {
  const pdus = mutations.map(([template = 0, count = 0, ...bytes], index) => {
    const [command, fields] = TEMPLATES[template % TEMPLATES.length] ?? ['enquire_link', {}];
    const pdu = encode(command, index % 7 === 0 ? sequence : index, fields);
    for (let byte = 0; byte <= 2 * (count % 5); byte += 2) {
      pdu[firstByte + ((bytes[byte] ?? 0) % (pdu.length - firstByte))] = bytes[byte + 1] ?? 0;
    }
    return pdu;
  });
  return Buffer.concat(pdus);
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
