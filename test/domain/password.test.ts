import { expect } from 'chai';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';
import { codeOf, createRig, type Rig, SECRET, waitOf } from '../support/rig.ts';
import { slowState } from '../support/slow-state.ts';

/** A right password comes to something: what it was charged is given back with that. */
function check({ browser }: Rig, password: string, more: { username?: string; address?: string; token?: string } = {}) {
  const { username = 'ada', ...facts } = more;
  return codeOf(browser(facts).begin(username, password));
}

const [WRONG, PAUSE] = ['INVALID_CREDENTIALS', 'TOO_MANY_ATTEMPTS'];

describe('checking a password', () => {
  it('says who it is, or nothing', async () => {
    const rig = createRig();
    expect((await rig.browser().prove('ada', 'lovelace')).user).to.include({ id: 'id-ada' });
    expect(await check(rig, 'wrong')).to.equal(WRONG);
    expect(await check(rig, 'lovelace', { username: 'eve' })).to.equal(WRONG);
  });

  it('never asks the directory for an empty password or name, or for one with NUL', async () => {
    const rig = createRig();
    for (const password of ['', '\u0000', 'lovelace\u0000', '\u0000lovelace']) {
      expect(await check(rig, password)).to.equal(WRONG);
    }
    expect(await check(rig, 'lovelace', { username: '' })).to.equal(WRONG);
    expect(rig.people.checks).to.equal(0);
  });

  it('passes on any other password as it was typed', async () => {
    const rig = createRig();
    for (const password of ['   ', ' lovelace ', 'ﬁ𝟙', 'x'.repeat(500)]) {
      rig.people.change('id-ada', { password });
      expect(await check(rig, password)).to.equal(undefined);
    }
  });

  it('pauses after five failures for half an hour, also for the right one', async () => {
    const rig = createRig();
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong');
    rig.clock.advance(100);
    expect(await check(rig, 'lovelace')).to.equal(PAUSE);
    expect(await waitOf(rig.browser().prove())).to.equal(1700);
    expect(rig.people.checks).to.equal(5);
    rig.clock.advance(1700);
    expect(await check(rig, 'lovelace')).to.equal(undefined);
  });

  it('counts nothing of what it does not look at: neither for the address nor for another spelling', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 20 } });
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong');
    for (let time = 0; time < 100; time++) expect(await check(rig, 'wrong')).to.equal(PAUSE);
    expect(await check(rig, 'hopper', { username: 'grace' })).to.equal(undefined);
  });

  it('pauses unknown names just the same', async () => {
    const rig = createRig();
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong', { username: 'eve' });
    expect(await check(rig, 'wrong', { username: ' EVE ' })).to.equal(PAUSE);
  });

  it('pauses a name for all domains before it, whether or not there is such a user', async () => {
    for (const name of ['ada', 'eve']) {
      const rig = createRig();
      const { findUser } = rig.people;
      rig.people.findUser = (key) =>
        findUser.call(rig.people, 'id' in key ? key : { username: key.username.replace(/^.*\\/, '') });
      const outcomes: unknown[] = [];
      for (let domain = 0; domain < 6; domain++)
        outcomes.push(await check(rig, 'wrong', { username: `D${domain}\\${name}` }));
      expect(outcomes, name).to.deep.equal([...Array(5).fill(WRONG), PAUSE]);
    }
  });

  it('does not tell by another name that a directory id is used up: nothing is looked at, and the answer is the same', async () => {
    const rig = createRig();
    const { findUser } = rig.people;
    rig.people.findUser = (key) =>
      findUser.call(rig.people, 'id' in key ? key : { username: key.username.slice(0, 3) });
    for (let failure = 0; failure < 5; failure++) await check(rig, 'wrong', { username: 'ada' });
    expect(await check(rig, 'lovelace', { username: 'ada@example.org' })).to.equal(WRONG);
    expect(rig.people.checks).to.equal(5);
  });

  for (const [when, checksBefore] of [
    ['also the first of a process', 0],
    ['after others', 1],
  ] as const) {
    it(`takes as long for a name that nobody has as for a wrong password, ${when}`, async () => {
      const spent = async (username: string): Promise<number> => {
        const rig = createRig();
        const { findUser, checkPassword } = rig.people;
        rig.people.findUser = async (key) => {
          rig.clock.advance(0.3);
          return findUser.call(rig.people, key);
        };
        rig.people.checkPassword = async (user, password) => {
          rig.clock.advance(0.3);
          return checkPassword.call(rig.people, user, password);
        };
        for (let before = 0; before < checksBefore; before++) await check(rig, 'wrong', { username: 'grace' });
        const startedAt = rig.clock.now();
        const { client } = rig.browser();
        const refused = await rig.passwords.check({ username, password: 'wrong', client, onFound() {} });
        if (!('unspentMilliseconds' in refused)) throw new Error('It was right.');
        return Math.round(rig.clock.now() - startedAt + refused.unspentMilliseconds);
      };
      expect(await spent('eve')).to.equal(600);
      expect(await spent('ada')).to.equal(600);
    });
  }

  it('counts nothing if it was right, or if the directory could not say', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 5 } });
    for (let time = 0; time < 10; time++) expect(await check(rig, 'lovelace')).to.equal(undefined);
    rig.people.isDown = true;
    for (let time = 0; time < 10; time++) expect(await check(rig, 'lovelace')).to.equal('DIRECTORY_UNAVAILABLE');
    rig.people.isDown = false;
    expect(await check(rig, 'lovelace')).to.equal(undefined);
  });

  it('stops an address that tries many names', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 3 } });
    for (let name = 0; name < 3; name++) await check(rig, 'wrong', { username: `user ${name}` });
    expect(await check(rig, 'lovelace')).to.equal(PAUSE);
    expect(await check(rig, 'lovelace', { address: '192.0.2.2' })).to.equal(undefined);
  });

  it('takes tries under way for no wrong ones: whoever meets only them waits a moment, not the pause', async () => {
    const rig = createRig({ limits: { failedPasswordsPerUser: 1 } });
    const { checkPassword } = rig.people;
    const waits: (number | undefined)[] = [];
    rig.people.checkPassword = async (user, password) => {
      rig.people.checkPassword = checkPassword;
      waits.push(await waitOf(rig.browser().prove()));
      return checkPassword.call(rig.people, user, password);
    };
    expect(await check(rig, 'lovelace')).to.equal(undefined);
    expect(await check(rig, 'wrong')).to.equal(WRONG);
    waits.push(await waitOf(rig.browser().prove()));
    expect(waits).to.deep.equal([2, 1800]);
  });

  it('looks at no more than five passwords of a burst', async () => {
    const clock = new FakeClock();
    const state = new MapState(clock.now);
    const rig = createRig({ shared: slowState(state) }, { clock, state });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => check(rig, 'wrong')));
    expect(rig.people.checks).to.equal(5);
    expect(outcomes.filter((outcome) => outcome === PAUSE)).to.have.length(45);
  });

  it('leaves a known browser its own tries, and each browser its own', async () => {
    const rig = createRig();
    const { token } = await rig.signedIn();
    if (token === undefined) throw new Error('no token');
    for (let failure = 0; failure < 6; failure++) await check(rig, 'wrong');
    expect(await check(rig, 'lovelace', { token })).to.equal(undefined);
    for (let failure = 0; failure < 5; failure++) expect(await check(rig, 'wrong', { token })).to.equal(WRONG);
    expect(await check(rig, 'lovelace', { token })).to.equal(PAUSE);
  });

  it('does not let the tries of a known browser pay into the limit of its address', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 2 } });
    const { token } = await rig.signedIn();
    if (token === undefined) throw new Error('no token');
    for (let failure = 0; failure < 4; failure++) await check(rig, 'wrong', { token });
    expect(await check(rig, 'hopper', { username: 'grace' })).to.equal(undefined);
  });

  it('counts for the address if the browser is known to another person', async () => {
    const rig = createRig({ limits: { failedPasswordsPerAddressPerHour: 2 } });
    const { token } = await rig.signedIn();
    if (token === undefined) throw new Error('no token');
    for (let failure = 0; failure < 2; failure++) await check(rig, 'wrong', { token, username: 'grace' });
    expect(rig.people.checks).to.equal(3);
    expect(await check(rig, 'hopper', { token, username: 'grace' })).to.equal(PAUSE);
    expect(rig.people.checks).to.equal(3);
  });

  it('knows no browser if that is switched off', async () => {
    const known = createRig();
    const { token } = await known.signedIn();
    const off = createRig({ limits: { knownBrowser: false } }, known);
    if (token === undefined) throw new Error('no token');
    expect((await off.browser({ token }).prove()).browser).to.equal('');
    expect((await known.browser({ token }).prove()).browser).to.not.equal('');
    expect((await off.signedIn()).token).to.equal(undefined);
  });
});

describe('a known browser', () => {
  /** The browser's id, as a right password finds it. */
  async function knownIn(rig: Rig, token: string | undefined, username = 'ada'): Promise<string> {
    const proven = await rig.browser(token === undefined ? {} : { token }).prove(username);
    await rig.start.abandon(proven);
    return proven.browser;
  }

  it('is the same one after each sign-in, also after the secret was rotated', async () => {
    const old = createRig();
    const { token } = await old.signedIn();
    const id = await knownIn(old, token);
    expect(id).to.not.equal('');
    const rotated = createRig({ secret: ['a newer secret of the tests, long enough', SECRET] }, old);
    const jar = rotated.browser(token === undefined ? {} : { token });
    await jar.login();
    await jar.enter(rotated.transport.lastCode());
    expect(jar.token).to.not.equal(token);
    expect(await knownIn(rotated, jar.token)).to.equal(id);
  });

  it('is not known by a token of any length', async () => {
    const rig = createRig();
    const { token = '' } = await rig.signedIn();
    const secret = token.split('.')[5] ?? '';
    expect(await knownIn(rig, `${'x'.repeat(5000)}.a.b.c.d.${secret}.x`)).to.equal('');
    expect(await knownIn(rig, 'x'.repeat(50_000))).to.equal('');
  });

  it('is nobody else’s', async () => {
    const rig = createRig();
    const { token = '' } = await rig.signedIn();
    expect(await knownIn(rig, token, 'grace')).to.equal('');
    for (const forged of ['', '.', '..', 'a.b.c', `${token}x`, `x${token}`]) {
      expect(await knownIn(rig, forged), forged).to.equal('');
    }
  });

  it('ends after 400 days, with sign-out everywhere, an unlock and a change of numbers', async () => {
    for (const end of [
      async ({ clock }: Rig) => clock.advance(400 * 86_400 + 1),
      ({ ends }: Rig) => ends.signOutEverywhere('id-ada'),
      ({ ends }: Rig) => ends.unlock('id-ada'),
      ({ phones }: Rig) => phones.add('id-ada', '+46701740699'),
    ]) {
      const rig = createRig();
      const { token } = await rig.signedIn();
      expect(await knownIn(rig, token)).to.not.equal('');
      await end(rig);
      expect(await knownIn(rig, token), String(end)).to.equal('');
    }
  });

  it('has its own count of failed codes and of sends', async () => {
    const rig = createRig({
      limits: { failedCodesPerUserPerDay: 2, sendsPerUserPerHour: 3, sendsPerNumberPerHour: 3 },
    });
    const { token } = await rig.signedIn();
    const thief = await rig.loggedIn();
    const code = rig.transport.lastCode();
    for (let time = 0; time < 2; time++) await codeOf(thief.enter(code === '000000' ? '000001' : '000000'));
    expect(await codeOf(rig.loggedIn())).to.equal('TOO_MANY_ATTEMPTS');
    const owner = rig.browser(token === undefined ? {} : { token });
    await owner.login();
    expect(await owner.pending()).to.include({ guessesLeft: 2 });
    await owner.enter(rig.transport.lastCode());
  });
});
