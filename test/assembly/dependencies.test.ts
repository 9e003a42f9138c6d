import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { closeAll } from '../../lib/assembly/dependencies.ts';
import type { Dependencies } from '../../lib/health.ts';
import type { Logger } from '../../lib/log.ts';
import { memoryState } from '../../lib/state/memory-state.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

const NOTHING = { settled: async () => {} };

type Close = (name: string, closed: string[]) => Promise<void>;

/** As in JavaScript, where no type asks for a promise. */
const note: Close = (name, closed) => closed.push(name) as never;

describe('the end of an instance', () => {
  it('closes what is written in JavaScript with a close() that gives no promise', async () => {
    const { closed, lines } = await end(note);
    expect(closed).to.deep.equal(['transport', 'userStore', 'shared']);
    expect(lines).to.deep.equal([]);
  });

  it('closes the others if one close() throws at once, and says so', async () => {
    const { closed, lines } = await end((name, closed) => {
      if (name === 'shared') return note(name, closed);
      throw new Error(`no ${name}`);
    });
    expect(closed).to.deep.equal(['shared']);
    expect(lines).to.deep.equal(['close(): Error: no transport', 'close(): Error: no userStore']);
  });

  it('closes the others if one close() never ends, and says so', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const ending = end((name, closed) => (name === 'shared' ? note(name, closed) : new Promise(() => {})));
      for (let turn = 0; turn < 20; turn += 1) {
        await nextTurn();
        mock.timers.tick(10_000);
      }
      const { closed, lines } = await ending;
      expect(closed).to.deep.equal(['shared']);
      expect(lines).to.deep.equal(Array(2).fill('close(): Error: it did not end in time'));
    } finally {
      mock.timers.reset();
    }
  });

  it('closes them if what is on its way fails', async () => {
    const fails = { settled: () => Promise.reject(new Error('no')) };
    const { closed } = await end(note, { notices: fails, requests: fails, submissions: fails, history: fails });
    expect(closed).to.deep.equal(['transport', 'userStore', 'shared']);
  });
});

async function end(
  close: Close,
  underWay = { notices: NOTHING, requests: NOTHING, submissions: NOTHING, history: NOTHING },
) {
  const closed: string[] = [];
  const lines: string[] = [];
  const ignore = () => {};
  const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: (line) => void lines.push(line) };
  const dependencies: Dependencies = {
    transport: Object.assign(new RecordingTransport(), { close: () => close('transport', closed) }),
    userStore: Object.assign(new People(), { close: () => close('userStore', closed) }),
    shared: { ...memoryState(), close: () => close('shared', closed) },
  };
  await closeAll(dependencies, underWay, logger);
  return { closed, lines };
}
