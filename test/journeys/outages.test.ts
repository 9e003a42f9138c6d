import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { burst, wrongCode } from '../support/attack.ts';
import { type Answer, Client } from '../support/client.ts';
import type { Person } from '../support/ldif-people.ts';
import { OutageRig } from '../support/outage-rig.ts';
import { LONGEST_SECONDS, OUTAGES, type Outage } from '../support/outage-table.ts';
import { requirePeer } from '../support/peers.ts';
import { JOURNEY_SERVERS } from '../support/shared-server.ts';

/** Their outages do not depend on where the state is. */
const OTHER_SERVERS: readonly string[] = ['SMSC', 'directory'];

for (const [name, startShared] of JOURNEY_SERVERS)
  describe(`with sessions and shared state in ${name}, in an outage of`, () => {
    let rig: OutageRig;

    before(async function () {
      requirePeer(this, 'slapd');
      rig = await OutageRig.start(this, startShared);
      await untilReady();
    });

    after(async () => {
      if (rig !== undefined) expect(await rig.close()).to.equal('');
    });

    for (const outage of OUTAGES.filter(({ peer }) => name === 'Redis' || !OTHER_SERVERS.includes(peer))) {
      const { peer, trouble, signIn, code, inside } = outage;

      it(`the ${peer} (${trouble}) a sign-in is ${signIn}, a right code ${code}, who is in gets ${inside}; then all goes on`, async function () {
        this.timeout(120_000);
        const [insider, half, thief, late] = [newVisit(), newVisit(), newVisit(), newVisit()];
        await passPassword(insider);
        expect((await enterCode(insider)).status).to.equal(200);
        await Promise.all([passPassword(half), passPassword(thief)]);
        const [halfCode, thiefCode] = [await rig.codeFor(half.person), await rig.codeFor(thief.person)];

        let lateAnswer = '';
        await rig.begin(outage);
        try {
          const three = Promise.all([
            inTime(outage, () => typePassword(late)),
            inTime(outage, () => half.jar.post('/auth/code', { code: halfCode })),
            inTime(outage, () => insider.jar.get('/secret')),
          ]);
          const crowd = watch(burst(50, () => typePassword(newVisit())));
          const publicPage = askPublicPage(() => crowd.isOver());
          const [answered, ...others] = (await three).map(say);
          // Of messages that are never answered no more than the window are on their way: the others are surely not sent.
          const expected = signIn === '200 unknown' ? [signIn, '503 SMS_UNAVAILABLE'] : [signIn];
          expect(answered).to.be.oneOf(expected);
          expect(others).to.deep.equal([code, inside]);
          lateAnswer = answered ?? '';
          expect(await thief.jar.post('/auth/code', { code: wrongCode(thiefCode) })).to.not.include({ status: 200 });
          for (const { jar } of [thief, newVisit()]) expect(await jar.get('/secret')).to.not.include({ status: 200 });
          for (const answer of await crowd.result) expect(say(answer)).to.be.oneOf(expected);
          expect(await publicPage).to.be.lessThan(2000);
        } finally {
          await rig.end(outage);
        }

        await untilReady();
        expect(await insider.jar.get('/secret')).to.include({ status: 200 });
        if (code !== '200') {
          expect((await half.jar.get('/auth/session')).body).to.include({ stage: 'code', attemptsRemaining: 5 });
          expect(await half.jar.post('/auth/code', { code: halfCode })).to.include({ status: 200 });
        }
        expect(await half.jar.get('/secret')).to.include({ status: 200 });
        await comesIn(late, { ...outage, signIn: lateAnswer });
      });
    }

    interface Visit {
      readonly person: Person;
      readonly jar: Client;
    }

    function newVisit(): Visit {
      return { person: rig.newPerson(), jar: new Client(rig.url) };
    }

    function typePassword({ person: { username, password }, jar }: Visit): Promise<Answer> {
      return jar.post('/auth/login', { username, password });
    }

    /** An SMSC whose queue was full gets few messages a second for a while: a refusal for that loses nothing. */
    async function passPassword(visit: Visit): Promise<void> {
      let answer = await typePassword(visit);
      while (answer.code === 'SMS_UNAVAILABLE') {
        await pause(50);
        answer = await visit.jar.post('/auth/code/send');
      }
      expect(isSent(answer)).to.equal(true);
    }

    async function enterCode({ person, jar }: Visit): Promise<Answer> {
      return jar.post('/auth/code', { code: await rig.codeFor(person) });
    }

    /** Only one message an hour is allowed here: whoever had one counted that never left has no way in. */
    async function comesIn(late: Visit, { peer, trouble, signIn }: Outage): Promise<void> {
      if (peer === 'SMSC' && trouble === 'blackHole') return;
      // Nobody can give back a count that was made before its answer was cut off: it ends with its window.
      if (peer === 'shared state' && trouble === 'cut') return;
      if (signIn.startsWith('503')) {
        const hasFirstFactor = peer === 'SMSC';
        if (hasFirstFactor) expect((await late.jar.get('/auth/session')).body).to.include({ stage: 'send' });
        if (hasFirstFactor) expect(isSent(await late.jar.post('/auth/code/send'))).to.equal(true);
        else await passPassword(late);
      }
      expect((await enterCode(late)).body).to.include({ stage: 'verified' });
    }

    /** An answer to a request that can be repeated says when. */
    async function inTime({ peer }: Outage, ask: () => Promise<Answer>): Promise<Answer> {
      const startedAt = performance.now();
      const answer = await ask();
      expect(performance.now() - startedAt).to.be.lessThan((LONGEST_SECONDS[peer] + 3) * 1000);
      expect(answer.headers.get('retry-after')).to.equal(answer.status === 503 ? '5' : null);
      return answer;
    }

    /** A sign-in of somebody new works from beginning to end. */
    async function untilReady(): Promise<void> {
      while (!isSent(await typePassword(newVisit()))) await pause(50);
    }

    /** Asks for a page outside of the gate again and again; the longest that an answer took, in milliseconds. */
    async function askPublicPage(isOver: () => boolean): Promise<number> {
      let longest = 0;
      do {
        const startedAt = performance.now();
        expect((await fetch(`${rig.url}/public`)).status).to.equal(200);
        longest = Math.max(longest, performance.now() - startedAt);
        await pause(20);
      } while (!isOver());
      return longest;
    }
  });

function isSent({ body }: Answer): boolean {
  // The receipt may be faster than the note of the SMSC's answer.
  return body.delivery === 'accepted' || body.delivery === 'delivered';
}

/** As the table says it. */
function say({ status, code, body }: Answer): string {
  const more = code ?? (body.delivery === 'unknown' ? 'unknown' : undefined);
  return more === undefined ? String(status) : `${status} ${more}`;
}

function watch<Result>(result: Promise<Result>): { readonly result: Promise<Result>; isOver(): boolean } {
  let isOver = false;
  const noted = result.finally(() => {
    isOver = true;
  });
  noted.catch(() => undefined);
  return { result: noted, isOver: () => isOver };
}
