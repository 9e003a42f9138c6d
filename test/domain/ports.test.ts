import { expect } from 'chai';
import { failClosedDirectory } from '../../lib/domain/ports.ts';
import { People } from '../support/people.ts';
import { codeOf } from '../support/rig.ts';

const ADA = { id: 'id-ada', username: 'ada', phoneNumbers: ['+46701740605'] };

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

  it('is told without the password or the number that the store quotes, and otherwise as it is', async () => {
    const quoting = Object.assign(new Error('cannot bind ada with lovelace'), { password: 'lovelace' });
    const directory = failClosedDirectory({
      findUser: async () => undefined,
      checkPassword: () => Promise.reject(quoting),
      changePhoneNumbers: (_user, { add = '', remove }) =>
        Promise.reject(new TypeError(`PUT /p/${encodeURIComponent(add)} in place of ${remove} failed`)),
    });
    const causes: unknown[] = [];
    for (const outcome of [
      directory.checkPassword(ADA, 'lovelace'),
      directory.checkPassword(ADA, 'wrong'),
      directory.changePhoneNumbers(ADA, { add: '+46701740699', remove: '070-174 06 05' }),
    ]) {
      causes.push(await outcome.catch(({ cause }) => cause));
    }
    expect(causes.map(String)).to.deep.equal([
      'Error: The error quotes the password, and is left out.',
      'Error: cannot bind ada with lovelace',
      'TypeError: PUT /p/%2B••• in place of ••• failed',
    ]);
    expect(causes[0]).to.not.have.property('password');
    expect(causes[1]).to.equal(quoting);
  });

  it('is not a store in plain JavaScript that says null for nobody', async () => {
    const directory = failClosedDirectory({ findUser: async () => JSON.parse('null') });
    expect(await directory.findUser({ username: 'eve' })).to.equal(undefined);
  });
});
