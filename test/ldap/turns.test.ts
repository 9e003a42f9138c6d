import { expect } from 'chai';
import { Deadline } from '../../lib/ldap/deadline.ts';
import { Turns } from '../../lib/ldap/turns.ts';

describe('Turns', () => {
  it('runs so many tasks at once, and the others in the order of their coming', async () => {
    const turns = new Turns(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const task = (number: number) => async () => {
      started.push(number);
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    };
    await Promise.all([0, 1, 2, 3, 4].map((number) => turns.run(task(number), new Deadline(5000))));
    expect(started).to.deep.equal([0, 1, 2, 3, 4]);
    expect(most).to.equal(2);
  });

  it('gives the turn of a failed task to the next', async () => {
    const turns = new Turns(1);
    const failed = turns.run(() => Promise.reject(new Error('no')), new Deadline(5000)).catch(() => 'failed');
    const next = turns.run(async () => 'ran', new Deadline(5000));
    expect(await Promise.all([failed, next])).to.deep.equal(['failed', 'ran']);
  });

  it('lets nobody wait beyond the deadline, and loses no turn by that', async () => {
    const turns = new Turns(1);
    let finish = () => {};
    const first = turns.run(() => new Promise<void>((resolve) => (finish = resolve)), new Deadline(5000));
    const late = await turns.run(async () => 'ran', new Deadline(10)).catch((error: Error) => error.message);
    expect(late).to.match(/busy/);
    finish();
    await first;
    expect(await turns.run(async () => 'ran', new Deadline(5000))).to.equal('ran');
  });
});
