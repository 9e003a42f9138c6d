import { expect } from 'chai';
import { codeOf, createRig, type Rig } from '../support/rig.ts';

function check(rig: Rig, password: string, more: { username?: string; addressBlock?: string; token?: string } = {}) {
  return rig.passwords.check({ username: 'ada', password, addressBlock: '192.0.2.1', token: undefined, ...more });
}

describe('checking a password', () => {
  it('says who it is, or nothing', async () => {
    const rig = createRig();
    expect(await check(rig, 'lovelace')).to.deep.include({ id: 'id-ada' });
    expect(await check(rig, 'wrong')).to.equal(undefined);
    expect(await check(rig, 'lovelace', { username: 'eve' })).to.equal(undefined);
  });

  it('never asks the directory for an empty password or name, or for one with NUL', async () => {
    const rig = createRig();
    for (const password of ['', '\u0000', 'lovelace\u0000', '\u0000lovelace']) {
      expect(await check(rig, password)).to.equal(undefined);
    }
    expect(await check(rig, 'lovelace', { username: '' })).to.equal(undefined);
    expect(rig.people.checks).to.equal(0);
  });

  it('passes on any other password as it was typed', async () => {
    const rig = createRig();
    for (const password of ['   ', ' lovelace ', 'ﬁ𝟙', 'x'.repeat(500)]) {
      rig.people.change('id-ada', { password });
      expect(await check(rig, password)).to.deep.include({ id: 'id-ada' });
    }
  });

  it('pauses after five failures for half an hour, also for the right one', async () => {
    const rig = createRig();
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong');
    rig.clock.advance(100);
    const error = await check(rig, 'lovelace').catch((thrown) => thrown);
    expect(error.code).to.equal('TOO_MANY_ATTEMPTS');
    expect(error.details.retryAfterSeconds).to.equal(1700);
    expect(rig.people.checks).to.equal(5);
    rig.clock.advance(1700);
    expect(await check(rig, 'lovelace')).to.deep.include({ id: 'id-ada' });
  });

  it('counts nothing of what it does not look at: neither for the address nor for another spelling', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 20 } });
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong');
    for (let time = 0; time < 100; time++) expect(await codeOf(check(rig, 'wrong'))).to.equal('TOO_MANY_ATTEMPTS');
    expect(await check(rig, 'hopper', { username: 'grace' })).to.deep.include({ id: 'id-grace' });
  });

  it('pauses unknown names just the same', async () => {
    const rig = createRig();
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong', { username: 'eve' });
    expect(await codeOf(check(rig, 'wrong', { username: ' EVE ' }))).to.equal('TOO_MANY_ATTEMPTS');
  });

  it('pauses a name for all domains before it, whether or not there is such a user', async () => {
    for (const name of ['ada', 'eve']) {
      const rig = createRig();
      const { findUser } = rig.people;
      rig.people.findUser = (key) =>
        findUser.call(rig.people, 'id' in key ? key : { username: key.username.replace(/^.*\\/, '') });
      const outcomes: unknown[] = [];
      for (let domain = 0; domain < 6; domain++)
        outcomes.push(await codeOf(check(rig, 'wrong', { username: `D${domain}\\${name}` })));
      expect(outcomes, name).to.deep.equal([...Array(5).fill(undefined), 'TOO_MANY_ATTEMPTS']);
    }
  });

  it('counts nothing where it was right, or where the directory could not say', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 5 } });
    for (let time = 0; time < 10; time++) expect(await check(rig, 'lovelace')).to.not.equal(undefined);
    rig.people.isDown = true;
    for (let time = 0; time < 10; time++)
      expect(await codeOf(check(rig, 'lovelace'))).to.equal('DIRECTORY_UNAVAILABLE');
    rig.people.isDown = false;
    expect(await check(rig, 'lovelace')).to.not.equal(undefined);
  });

  it('stops an address that tries many names', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 3 } });
    for (let name = 0; name < 3; name++) await check(rig, 'wrong', { username: `user ${name}` });
    expect(await codeOf(check(rig, 'lovelace'))).to.equal('TOO_MANY_ATTEMPTS');
    expect(await check(rig, 'lovelace', { addressBlock: '192.0.2.2' })).to.not.equal(undefined);
  });

  it('leaves a known browser its own tries, and each browser its own', async () => {
    const rig = createRig();
    const token = rig.payers.issue('id-ada', undefined);
    if (token === undefined) throw new Error('no token');
    for (let failure = 0; failure < 6; failure++) await codeOf(check(rig, 'wrong'));
    expect(await check(rig, 'lovelace', { token })).to.not.equal(undefined);
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong', { token });
    expect(await codeOf(check(rig, 'lovelace', { token }))).to.equal('TOO_MANY_ATTEMPTS');
  });

  it('knows no browser where that is switched off', async () => {
    const known = createRig();
    const off = createRig({ limits: { knownBrowser: false } });
    expect(off.payers.issue('id-ada', undefined)).to.equal(undefined);
    expect((await off.payers.of('id-ada', known.payers.issue('id-ada', undefined))).browser).to.equal('');
  });
});

describe('a known browser', () => {
  it('is the same one after each sign-in, also after the secret was rotated', async () => {
    const old = createRig();
    const token = old.payers.issue('id-ada', undefined);
    const { browser } = await old.payers.of('id-ada', token);
    expect(browser).to.not.equal('');
    const rotated = createRig({
      secret: ['a newer secret of the tests, long enough', 'a secret of the tests that is long enough'],
    });
    const next = rotated.payers.issue('id-ada', token);
    expect(next).to.not.equal(token);
    expect((await rotated.payers.of('id-ada', next)).browser).to.equal(browser);
  });

  it('is not known by a token of any length', async () => {
    const rig = createRig();
    const [, secret = ''] = rig.payers.issue('id-ada', undefined)?.split('.') ?? [];
    expect((await rig.payers.of('id-ada', `${'x'.repeat(5000)}.${secret}.x`)).browser).to.equal('');
    expect((await rig.payers.of('x'.repeat(5000), `a.${secret}.x`)).browser).to.equal('');
  });

  it('is nobody else’s', async () => {
    const rig = createRig();
    const token = rig.payers.issue('id-ada', undefined);
    expect((await rig.payers.of('id-grace', token)).browser).to.equal('');
    for (const forged of ['', '.', '..', 'a.b.c', `${token}x`, `x${token}`]) {
      expect((await rig.payers.of('id-ada', forged)).browser, forged).to.equal('');
    }
  });
});

describe('the budget of the day', () => {
  it('is told of at 50, 80 and 100 per cent, and holds for all', async () => {
    const rig = createRig({ limits: { smsPerDay: 5, sendsPerUserPerHour: false, sendsPerNumberPerHour: false } });
    for (let index = 0; index < 5; index++) await rig.send(undefined, { signIn: `${index}` });
    expect(await codeOf(rig.send(undefined, { signIn: 'x' }))).to.equal('TOO_MANY_SENDS');
    const told = rig.events
      .filter(([name]) => name === 'smsBudgetUsed')
      .map(([, facts]) => (facts as { percent: number }).percent);
    expect(told).to.deep.equal([50, 80, 100]);
  });

  it('is told of as used up though it is too small for the steps before', async () => {
    const rig = createRig({ limits: { smsPerDay: 1 } });
    await rig.send();
    expect(rig.events.filter(([name]) => name === 'smsBudgetUsed').map(([, facts]) => facts)).to.deep.equal([
      { time: new Date(rig.clock.now()), percent: 100 },
    ]);
  });

  it('of an address holds over all users', async () => {
    const rig = createRig({ limits: { sendsPerAddressPerHour: 2 } });
    for (const id of ['1', '2']) await rig.send(undefined, { signIn: id, number: `+4670174060${id}` });
    expect(await codeOf(rig.send(undefined, { signIn: '3', number: '+46701740603' }))).to.equal('TOO_MANY_SENDS');
  });
});
