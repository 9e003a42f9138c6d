import { expect } from 'chai';
import { decode, encode, type Pdu } from '../../lib/smpp/pdu.ts';
import { NoResponse, RequestWindow } from '../../lib/smpp/request-window.ts';

const LONG = 10_000;

function answer(command: string, sequence: number, status = 0): Pdu {
  return decode(encode(command, sequence, {}, status));
}

/** The response to a request that is given the next number. */
function ask(window: RequestWindow, timeoutMilliseconds: number): Promise<Pdu> {
  return new Promise((respond, fail) => {
    window.add({ responseCommand: 'submit_sm_resp', timeoutMilliseconds, deadline: 0, respond, fail });
  });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the request window', () => {
  it('gives each answer to its own request, in any order', async () => {
    const window = new RequestWindow();
    const [one, two] = [1, 2].map(() => ask(window, LONG));
    expect(window.settle(answer('submit_sm_resp', 2))).to.equal(true);
    expect(window.settle(answer('submit_sm_resp', 1, 0x58))).to.equal(true);
    expect(await one).to.include({ sequence: 1, status: 0x58 });
    expect(await two).to.include({ sequence: 2, status: 0 });
  });

  it('takes a generic_nack for an answer', async () => {
    const window = new RequestWindow();
    const one = ask(window, LONG);
    window.settle(answer('generic_nack', 1, 3));
    expect(await one).to.include({ command: 'generic_nack', status: 3 });
  });

  it('takes no other answer for a success, though the number fits', async () => {
    const window = new RequestWindow();
    const one = failureOf(ask(window, LONG));
    window.settle(answer('enquire_link_resp', 1));
    expect(await one).to.be.instanceOf(NoResponse);
  });

  it('gives up a request without an answer, and says of a late one that nobody waits', async () => {
    const window = new RequestWindow();
    expect(await failureOf(ask(window, 1))).to.be.instanceOf(NoResponse);
    expect(window.settle(answer('submit_sm_resp', 1))).to.equal(false);
  });

  it('gives up each request in its own time, whichever came first', async () => {
    const window = new RequestWindow();
    const waits = ask(window, LONG);
    const failures = [20, 1, 10].map((timeout) => failureOf(ask(window, timeout)));
    for (const error of await Promise.all(failures)) expect(error).to.be.instanceOf(NoResponse);
    window.settle(answer('submit_sm_resp', 1));
    expect(await waits).to.include({ sequence: 1 });
  });

  it('says of a second answer that nobody waits', async () => {
    const window = new RequestWindow();
    const one = ask(window, LONG);
    expect(window.settle(answer('submit_sm_resp', 1))).to.equal(true);
    expect(window.settle(answer('submit_sm_resp', 1, 8))).to.equal(false);
    expect(await one).to.include({ status: 0 });
  });

  it('fails all that wait when the session ends', async () => {
    const window = new RequestWindow();
    const all = [1, 2, 3].map(() => failureOf(ask(window, LONG)));
    window.failAll('it closed the connection');
    for (const error of await Promise.all(all)) expect(error).to.be.instanceOf(NoResponse);
  });

  it('begins again at 1 after 0x7FFFFFFF, past the numbers in use', () => {
    const request = {
      responseCommand: 'submit_sm_resp',
      timeoutMilliseconds: LONG,
      deadline: 0,
      respond() {},
      fail() {},
    };
    const window = new RequestWindow(0x7fff_fffd, new Map([[1, { ...request }]]));
    expect([1, 2, 3].map(() => window.add({ ...request }))).to.deep.equal([0x7fff_fffe, 0x7fff_ffff, 2]);
    window.failAll('over');
  });
});
