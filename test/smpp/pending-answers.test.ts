import { expect } from 'chai';
import { decode, encode, type Pdu } from '../../lib/smpp/codec.ts';
import { LostAnswer, PendingAnswers } from '../../lib/smpp/pending-answers.ts';

const LONG = 10_000;

function answer(command: string, sequence: number, status = 0): Pdu {
  return decode(encode(command, sequence, {}, status));
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('PendingAnswers', () => {
  it('gives each answer to its own request, in any order', async () => {
    const pending = new PendingAnswers();
    const [one, two] = [1, 2].map((sequence) => pending.add(sequence, 'submit_sm', LONG));
    expect(pending.settle(answer('submit_sm_resp', 2))).to.equal(true);
    expect(pending.settle(answer('submit_sm_resp', 1, 0x58))).to.equal(true);
    expect(await one).to.include({ sequence: 1, status: 0x58 });
    expect(await two).to.include({ sequence: 2, status: 0 });
  });

  it('takes a generic_nack for an answer', async () => {
    const pending = new PendingAnswers();
    const one = pending.add(1, 'submit_sm', LONG);
    pending.settle(answer('generic_nack', 1, 3));
    expect(await one).to.include({ command: 'generic_nack', status: 3 });
  });

  it('takes no other answer for a success, though the number fits', async () => {
    const pending = new PendingAnswers();
    const one = failureOf(pending.add(1, 'submit_sm', LONG));
    pending.settle(answer('enquire_link_resp', 1));
    expect(await one).to.be.instanceOf(LostAnswer);
  });

  it('gives up a request without an answer, and says of a late one that nobody waits', async () => {
    const pending = new PendingAnswers();
    expect(await failureOf(pending.add(1, 'submit_sm', 1))).to.be.instanceOf(LostAnswer);
    expect(pending.settle(answer('submit_sm_resp', 1))).to.equal(false);
  });

  it('gives up each request in its own time, whichever came first', async () => {
    const pending = new PendingAnswers();
    const waits = pending.add(1, 'submit_sm', LONG);
    const failures = [20, 1, 10].map((timeout, place) => failureOf(pending.add(place + 2, 'submit_sm', timeout)));
    for (const error of await Promise.all(failures)) expect(error).to.be.instanceOf(LostAnswer);
    pending.settle(answer('submit_sm_resp', 1));
    expect(await waits).to.include({ sequence: 1 });
  });

  it('says of a second answer that nobody waits', async () => {
    const pending = new PendingAnswers();
    const one = pending.add(1, 'submit_sm', LONG);
    expect(pending.settle(answer('submit_sm_resp', 1))).to.equal(true);
    expect(pending.settle(answer('submit_sm_resp', 1, 8))).to.equal(false);
    expect(await one).to.include({ status: 0 });
  });

  it('fails all that wait when the session ends', async () => {
    const pending = new PendingAnswers();
    const all = [1, 2, 3].map((sequence) => failureOf(pending.add(sequence, 'submit_sm', LONG)));
    pending.failAll('it closed the connection');
    for (const error of await Promise.all(all)) expect(error).to.be.instanceOf(LostAnswer);
  });

  it('begins again at 1 after 0x7FFFFFFF, past the numbers in use', () => {
    const pending = new PendingAnswers(0x7fff_fffd);
    const waits = failureOf(pending.add(1, 'submit_sm', LONG));
    expect([1, 2, 3].map(() => pending.nextSequence())).to.deep.equal([0x7fff_fffe, 0x7fff_ffff, 2]);
    pending.failAll('over');
    return waits;
  });
});
