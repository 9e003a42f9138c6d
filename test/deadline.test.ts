import { expect } from 'chai';
import { within } from '../lib/deadline.ts';

const HOUR_MILLISECONDS = 3_600_000;
const late = () => new Error('late');

describe('within()', () => {
  it('gives the answer, and leaves no timer behind', async () => {
    const before = await countTimers();
    expect(await within(Promise.resolve('yes'), HOUR_MILLISECONDS, late)).to.equal('yes');
    expect(await countTimers()).to.be.at.most(before);
  });

  it('passes a rejection on, and leaves no timer behind', async () => {
    const before = await countTimers();
    expect(await failureOf(within(Promise.reject(new Error('no')), HOUR_MILLISECONDS, late))).to.equal('no');
    expect(await countTimers()).to.be.at.most(before);
  });

  it('rejects if no answer comes in time', async () => {
    expect(await failureOf(within(new Promise(() => {}), 1, late))).to.equal('late');
  });

  it('lets a rejection that comes too late go', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.prependListener('unhandledRejection', note);
    const { promise, reject } = openPromise();
    expect(await failureOf(within(promise, 1, late))).to.equal('late');
    reject(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.removeListener('unhandledRejection', note);
    expect(unhandled).to.deep.equal([]);
  });
});

/** A moment later: mocha's own timer for a test begins after the first line of it. */
async function countTimers(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: Error) => error.message,
  );
}

function openPromise() {
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, no) => {
    reject = no;
  });
  return { promise, reject };
}
