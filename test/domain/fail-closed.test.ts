import { expect } from 'chai';
import { failClosedDirectory, failClosedState } from '../../lib/domain/fail-closed.ts';
import { MapState } from '../support/map-state.ts';
import { People } from '../support/people.ts';
import { ADA, codeOf } from '../support/rig.ts';

describe('a dependency that cannot say', () => {
  it('is a 503 that says when to come back, with what failed beneath for the log', async () => {
    const people = new People();
    people.isDown = true;
    const error = await failClosedDirectory(people)
      .findUser({ id: 'id-ada' })
      .catch((thrown) => thrown);
    expect(error).to.include({ code: 'DIRECTORY_UNAVAILABLE', status: 503 });
    expect(error.details.retryAfterSeconds).to.equal(5);
    expect(error.message).to.not.include('ECONNREFUSED');
    expect(error.cause).to.have.property('message', 'connect ECONNREFUSED');
  });

  it('is refused in every operation of the shared state', async () => {
    const down = new MapState(() => 0);
    down.isDown = true;
    const state = failClosedState(down);
    const operations = [state.add('a', 1, 60), state.get('a'), state.set('a', '1', 60, true), state.delete('a')];
    for (const operation of operations) expect(await codeOf(operation)).to.equal('STATE_UNAVAILABLE');
  });

  it('is a store that throws at once or lacks a method, just as one that rejects', async () => {
    const directory = failClosedDirectory({
      findUser: () => {
        throw new Error('not connected');
      },
    });
    const outcomes = [
      directory.findUser({ username: 'ada' }),
      directory.checkPassword(ADA, 'lovelace'),
      directory.changePhoneNumbers(ADA, { add: '+46701740699' }),
    ];
    for (const outcome of outcomes) expect(await codeOf(outcome)).to.equal('DIRECTORY_UNAVAILABLE');
  });

  it('is not a store in plain JavaScript that says null for nobody', async () => {
    const directory = failClosedDirectory({ findUser: async () => JSON.parse('null') });
    expect(await directory.findUser({ username: 'eve' })).to.equal(undefined);
  });
});
