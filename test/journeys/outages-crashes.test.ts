import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { LdapUserStore, type LdapUserStoreOptions } from '../../lib/ldap/index.ts';
import { burst, wrongCode } from '../support/attack.ts';
import { type Answer, Client } from '../support/client.ts';
import { ldifPeople, type Person, person } from '../support/ldif-people.ts';
import { requirePeer } from '../support/peers.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { type Redis, startRedis } from '../support/redis.ts';
import { type Slapd, startSlapd } from '../support/slapd.ts';

const CRASHES = 50;
const PEOPLE = 6000;
/** Every third person has no number in the directory yet. */
const hasNumber = (place: number): boolean => place % 3 !== 2;
/** All come from one address, and one failure too many locks. */
const LIMITS = {
  sendsPerAddressPerHour: false,
  sendsPerBlockPerHour: false,
  failedCodesPerUserPer30Days: 3,
} as const;

describe('processes that are killed at 50 random moments under load', () => {
  let redis: Redis;
  let slapd: Slapd;
  let app: Processes;
  let isOver = false;
  let people = 0;

  before(async function () {
    this.timeout(120_000);
    requirePeer(this, 'slapd');
    redis = await startRedis(this);
    slapd = await startSlapd(ldifPeople(PEOPLE, hasNumber));
    app = await startProcesses(4, `unix://${redis.path}`, LIMITS, slapd.url);
  });

  after(async () => {
    await app?.close();
    await slapd?.close();
    await redis?.close();
  });

  it('let no code in twice, lose no lock, and write no number but a whole one that was proven', async function () {
    this.timeout(600_000);
    const seen = await underFire();
    // Tries before the first and after the last crash would prove nothing.
    expect(seen.filter(({ wins }) => wins === 1).length).to.be.greaterThan(10);
    expect(seen.filter(({ failures }) => failures >= 3).length).to.be.greaterThan(10);

    expect(people).to.be.lessThan(PEOPLE);
    const store = new LdapUserStore(accountAt(slapd));
    try {
      for (const { who, place, wins, failures } of seen) {
        const user = await store.findUser({ username: who.username });
        // Records are sealed: what came of a code is seen by its answers alone.
        expect(wins, who.username).to.be.at.most(1);
        expect(failures, who.username).to.be.at.most(3);
        const expected = hasNumber(place) || wins === 1 ? [[who.number]] : [[], [who.number]];
        expect(expected, who.username).to.deep.include(user?.phoneNumbers);
        if (failures === 3) expect(await isLocked(who)).to.equal(true);
      }
    } finally {
      await store.close();
    }
  });

  interface Seen {
    readonly who: Person;
    readonly place: number;
    /** Answers that said `verified`. */
    readonly wins: number;
    /** Answers that said that a code was wrong. */
    readonly failures: number;
  }

  /** People sign in, enrol and guess, six at a time, while one process after the other is killed. */
  async function underFire(): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    const load = burst(6, async () => {
      while (!isOver) {
        const place = people++;
        const answers = await visit(person(place), place);
        const wins = answers.filter(({ body }) => body.stage === 'verified').length;
        const failures = answers.filter(({ code }) => code === 'INVALID_CODE').length;
        seen.push({ who: person(place), place, wins, failures });
      }
    });
    let crashes = 0;
    // One of the four is never killed, so that there always is a load.
    const fire = burst(3, async (place) => {
      while (crashes++ < CRASHES) {
        await pause(randomInt(200));
        await app.crash(place);
      }
    });
    await fire.finally(() => {
      isOver = true;
    });
    await load;
    return seen;
  }

  /**
   * The answers to the codes; every third person guesses, and the others type the right one, four times at once.
   */
  async function visit({ username, password, number }: Person, place: number): Promise<readonly Answer[]> {
    const jar = new Client(app.urls);
    const first = await ask(jar, '/auth/login', { username, password });
    if (first?.body.stage === 'enroll') await ask(jar, '/auth/enroll', { phone: number });
    const right = app.codeFor(number);
    const isGuessing = place % 3 === 1;
    const answers = await burst(isGuessing ? 8 : 4, (index) =>
      ask(jar, '/auth/code', { code: isGuessing ? wrongCode(right, index) : right }),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  /** As through a load balancer: who is refused is sent on. `undefined` if a process died before it answered. */
  async function ask(jar: Client, path: string, body: object): Promise<Answer | undefined> {
    for (;;) {
      try {
        return await jar.post(path, body);
      } catch (error) {
        if (!isRefused(error)) return undefined;
      }
    }
  }

  async function isLocked({ username, password }: Person): Promise<boolean> {
    const { code } = await new Client(app.urls).post('/auth/login', { username, password });
    return code === 'FACTOR_LOCKED';
  }
});

function isRefused(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function accountAt({ url, baseDn, bindDn, bindPassword }: Slapd): LdapUserStoreOptions {
  return { url, baseDn, bindDn, bindPassword };
}
