import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import { burst, countOf, wrongCode } from '../support/attack.ts';
import { type Answer, Client } from '../support/client.ts';
import { CROWD_PASSWORD, crowdNumber } from '../support/crowd.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { rawRequest } from '../support/raw-request.ts';
import { JOURNEY_SERVERS, type SharedServer } from '../support/shared-server.ts';
import { UNLIMITED_SENDS } from '../support/unlimited-sends.ts';

/** Somebody whose password the attacker has, with the code that was sent. */
interface Victim {
  readonly username: string;
  readonly password: string;
  readonly number: string;
}

for (const [name, startServer] of JOURNEY_SERVERS)
  describe(`an attacker against four processes with one ${name}`, function () {
    this.timeout(240_000);

    let server: SharedServer;
    let app: Processes;
    let people = 0;

    before(async function () {
      server = await startServer(this);
      app = await startProcesses(4, server.url, UNLIMITED_SENDS);
    });

    after(async () => {
      await app?.close();
      await server?.close();
    });

    /** Each test attacks somebody whom none has attacked before. */
    function newVictim(): Victim {
      const place = people++;
      return { username: `user${place}`, password: CROWD_PASSWORD, number: crowdNumber(place) };
    }

    /** One cookie jar, whose requests go to the processes in turn. */
    async function signIn({ username, password }: Victim): Promise<Client> {
      const jar = new Client(app.urls);
      let answer = await jar.post('/auth/login', { username, password });
      // The last fault of the server may not be over for every process yet.
      while (answer.status === 503) answer = await jar.post('/auth/login', { username, password });
      expect(answer).to.include({ status: 200 });
      return jar;
    }

    it('finds the right code in a burst of 200 for no more of 40 users than 5 guesses each make likely', async () => {
      let wins = 0;
      for (let user = 0; user < 40; user++) {
        const victim = newVictim();
        const { cookie } = await signIn(victim);
        // Each place is as likely, and each fifth one is taken once: the wins differ less from run to run.
        const [right, place] = [app.codeFor(victim.number), 5 * user + randomInt(5)];
        const outcomes = await burst(200, (index) =>
          guessRaw(app.urls[index % 4] ?? '', cookie, index === place ? right : wrongCode(right, index)),
        );
        const [wrong, won] = ['INVALID_CODE', 'verified'].map((name) => outcomes.filter((one) => one === name).length);
        expect(wrong).to.be.at.most(5);
        expect(won).to.be.at.most(1);
        if (won === 0) expect(app.comparisons(victim.username)).to.be.at.most(5);
        wins += won ?? 0;
      }
      expect(app.comparisons()).to.be.greaterThan(100);
      // Each burst wins with a chance of 5 in 200: one is expected, and more than 7 have a chance below 10⁻⁵.
      expect(wins).to.be.at.most(7);
    });

    /** Five jars with the password, whose 50 posts go to the processes in turn. */
    async function postFifty(victim: Victim, code: string): Promise<Record<string, number>> {
      const jars = await Promise.all(Array.from({ length: 5 }, () => signIn(victim)));
      const posts = jars.flatMap((jar) => Array.from({ length: 10 }, () => jar.post('/auth/without-phone', { code })));
      return countOf(await Promise.all(posts));
    }

    it('gets in once with one help code that is posted 50 times, and never again', async () => {
      const victim = newVictim();
      const { body } = await new Client(app.urls).post('/app/help-code', { username: victim.username });
      expect((await postFifty(victim, String(body.code))).verified).to.equal(1);
      expect((await postFifty(victim, String(body.code))).verified).to.equal(undefined);
    });

    it('gets in once with one recovery code that is posted 50 times, and never again', async () => {
      const victim = newVictim();
      const owner = await signIn(victim);
      expect(await owner.post('/auth/code', { code: app.codeFor(victim.number) })).to.include({ status: 200 });
      const { body } = await owner.post('/auth/account/recovery-codes');
      const [code] = body.recoveryCodes as string[];
      expect((await postFifty(victim, String(code))).verified).to.equal(1);
      expect((await postFifty(victim, String(code))).verified).to.equal(undefined);
    });

    it('gets 5 of 200 parallel guesses compared, and the right code refused afterwards', async () => {
      const victim = newVictim();
      const jar = await signIn(victim);
      const right = app.codeFor(victim.number);
      const answers = await burst(200, (index) => jar.post('/auth/code', { code: wrongCode(right, index) }));
      expect(countOf(answers)).to.deep.equal({ INVALID_CODE: 5, TOO_MANY_ATTEMPTS: 195 });
      expect(app.comparisons(victim.username)).to.equal(5);
      expect(await jar.post('/auth/code', { code: right })).to.include({ status: 429 });
    });

    it('wins once with 50 parallel right codes, and that browser is signed in everywhere', async () => {
      const victim = newVictim();
      const jar = await signIn(victim);
      const answers = await burst(50, () => jar.post('/auth/code', { code: app.codeFor(victim.number) }));
      expect(countOf(answers).verified).to.equal(1);
      expect(app.comparisons(victim.username)).to.be.at.most(5);
      for (const _ of app.urls) expect((await jar.get('/secret')).status).to.equal(200);
    });

    it('gets 10 comparisons out of 20 challenges with 5 guesses each at once, and no message by sends in their pauses', async () => {
      const victim = newVictim();
      const jars: Client[] = [];
      for (let index = 0; index < 20; index++) jars.push(await signIn(victim));
      const answers = await burst(100, (index) => guess(jars[index % 20], wrongCode('', index)));
      expect(app.comparisons(victim.username)).to.equal(10);
      expect(countOf(answers)).to.deep.equal({ INVALID_CODE: 10, TOO_MANY_ATTEMPTS: 90 });
      const sent = app.sent.length;
      const sends = await burst(80, (index) => (jars[index % 20] as Client).post('/auth/code/send'));
      expect(sends.filter(({ status }) => status === 200)).to.deep.equal([]);
      expect(app.sent).to.have.length(sent);
    });

    it('gets no message out of 200 parallel sends in their pause', async () => {
      const victim = newVictim();
      const jar = await signIn(victim);
      const sent = app.sent.length;
      const answers = await burst(200, () => jar.post('/auth/code/send'));
      expect(answers.filter(({ status }) => status === 200)).to.deep.equal([]);
      expect(app.sent).to.have.length(sent);
    });

    it('gains nothing by processes that die in the middle of guessing', async () => {
      for (let crash = 0; crash < 4; crash++) {
        const victims = Array.from({ length: 25 }, newVictim);
        const jars = await Promise.all(victims.map(signIn));
        const rights = victims.map(({ number }) => app.codeFor(number));
        const guesses = burst(300, (index) =>
          guess(jars[index % 25], wrongCode(rights[index % 25] ?? '', index)).catch(() => undefined),
        );
        // One guess has its answer: the others are under way.
        await guess(jars[0], wrongCode(rights[0] ?? '', 300));
        const isBack = app.crash(randomInt(4));
        const answers = await guesses;
        await isBack;
        for (const [index, jar] of jars.entries()) {
          const gained = answers.filter((answer, of) => of % 25 === index && answer?.code === 'INVALID_CODE');
          expect(gained.length).to.be.at.most(5);
          expect(app.comparisons(victims[index]?.username)).to.be.at.most(5);
          // A guess that met a server without time was not counted: what is left of the five is used up now.
          let after = await guess(jar, wrongCode(rights[index] ?? ''));
          while (after.status !== 429) {
            expect(after.status).to.be.oneOf([401, 503]);
            after = await guess(jar, wrongCode(rights[index] ?? ''));
          }
          expect(app.comparisons(victims[index]?.username)).to.be.at.most(5);
        }
      }
    });

    it('gets 503 and nothing else while the server hangs, and the counts are as before when it goes on', async () => {
      const victim = newVictim();
      const jar = await signIn(victim);
      const [right, sent] = [app.codeFor(victim.number), app.sent.length];
      for (let index = 0; index < 3; index++) await guess(jar, wrongCode(right, index));
      server.stop();
      const waiting = burst(40, (index) => guess(jar, wrongCode(right, index)));
      const noise = burst(40, () => new Client(app.urls).post('/auth/login', victim));
      for (const { status } of [...(await waiting), ...(await noise)]) expect(status).to.equal(503);
      server.resume();
      await isBack(jar);
      // A guess that was under way when it stopped may be counted when it goes on, but never compared.
      expect(app.comparisons(victim.username)).to.equal(3);
      expect(app.sent).to.have.length(sent);
      expect((await jar.get('/auth/session')).body.attemptsRemaining).to.be.at.most(2);
    });

    it('gets no more than 5 comparisons while the connections to the server are cut, again and again', async () => {
      const victim = newVictim();
      const jar = await signIn(victim);
      const right = app.codeFor(victim.number);
      const guesses = burst(120, (index) => guess(jar, wrongCode(right, index)));
      for (let cut = 0; cut < 5; cut++) {
        await server.cut();
        await guess(jar, wrongCode(right, 200 + cut));
      }
      const seen = countOf(await guesses);
      expect(Object.keys(seen).filter((name) => !GUESS_REFUSALS.includes(name))).to.deep.equal([]);
      await isBack(jar);
      // A process whose connection is not back yet says 503, and counts nothing.
      while ((await guess(jar, wrongCode(right))).status !== 429);
      expect(app.comparisons(victim.username)).to.be.at.most(5);
      let last = await guess(jar, right);
      while (last.status === 503) last = await guess(jar, right);
      expect(last).to.include({ status: 429 });
    });

    it('gets nothing compared and nothing sent while the server takes no writes, and who is signed in goes on', async () => {
      const [victim, other] = [newVictim(), newVictim()];
      const [jar, inside] = [await signIn(victim), await signIn(other)];
      const right = app.codeFor(victim.number);
      await inside.post('/auth/code', { code: app.codeFor(other.number) });
      await guess(jar, wrongCode(right));
      const sent = app.sent.length;
      await server.fill(true);
      try {
        const answers = [
          ...(await burst(20, (index) => guess(jar, index === 10 ? right : wrongCode(right, index)))),
          ...(await burst(20, () => new Client(app.urls).post('/auth/login', victim))),
        ];
        for (const { status } of answers) expect(status).to.equal(503);
        // It is too early for another code: the record says so, and a full server can still be read.
        for (const { status } of await burst(20, () => jar.post('/auth/code/send'))) expect(status).to.equal(429);
        for (const _ of app.urls) expect((await inside.get('/secret')).status).to.equal(200);
      } finally {
        await server.fill(false);
      }
      expect(app.comparisons(victim.username)).to.equal(1);
      expect(app.sent).to.have.length(sent);
      expect((await jar.get('/auth/session')).body).to.include({ stage: 'code', attemptsRemaining: 4 });
      expect(await guess(jar, right)).to.include({ status: 200 });
    });

    it('gains no session by a server that is flushed in the middle of guessing', async () => {
      const victim = newVictim();
      const jar = await signIn(victim);
      const right = app.codeFor(victim.number);
      const guesses = burst(100, (index) => guess(jar, wrongCode(right, index)));
      await guess(jar, wrongCode(right, 100));
      await server.flush();
      expect(countOf(await guesses)).to.not.have.property('verified');
      expect(app.comparisons(victim.username)).to.be.at.most(5);
      for (const answer of await burst(20, () => guess(jar, right))) expect(answer.code).to.equal('NO_CHALLENGE');
      expect((await jar.get('/secret')).status).to.equal(401);
    });

    /** Each process finds its own way back; mocha's time-out is the deadline. */
    async function isBack(jar: Client): Promise<void> {
      for (const _ of app.urls) while ((await jar.get('/auth/session')).status !== 200);
    }
  });

const GUESS_REFUSALS = ['INVALID_CODE', 'TOO_MANY_ATTEMPTS', 'STATE_UNAVAILABLE', 'undefined'];

async function guess(jar: Client | undefined, code: string): Promise<Answer> {
  if (jar === undefined) throw new Error('There is no such jar.');
  return jar.post('/auth/code', { code });
}

/** Without a client's own work: for thousands. */
async function guessRaw(url: string, cookie: string, code: string): Promise<string> {
  const headers = { 'Content-Type': 'application/json', Cookie: cookie };
  const { body } = await rawRequest(url, {
    method: 'POST',
    path: '/auth/code',
    headers,
    body: JSON.stringify({ code }),
  });
  const { code: refusal, stage } = JSON.parse(body) as { code?: string; stage?: string };
  return refusal ?? stage ?? '';
}
