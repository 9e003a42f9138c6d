import { expect } from 'chai';
import type { Step } from '../../lib/index.ts';
import { getPage, postForm, postJson, type TestApp, testApp } from '../support/app.ts';
import { FakeClock } from '../support/clock.ts';
import { MapState } from '../support/map-state.ts';

function appOnState(options: object = {}): TestApp & { state: MapState } {
  const clock = new FakeClock();
  const state = new MapState(clock.now);
  return { ...testApp({ clock, options: { shared: state, ...options } }), state };
}

/** From here on every commit that such a step is part of fails, and also the one that asks what became of it. */
function failFrom(state: MapState, isMeant: (steps: readonly Step[]) => boolean): () => void {
  const commit = state.commit.bind(state);
  state.commit = async (steps) => {
    if (isMeant(steps)) throw new Error('the connection was closed');
    return commit(steps);
  };
  return () => {
    state.commit = commit;
  };
}

/** The commit that lets one caller win moves a record: it writes the mark at its old key, and the new one. */
function isWin(steps: readonly Step[]): boolean {
  return steps.filter((step) => 'write' in step && step.write.includes(':si:')).length === 2;
}

describe('while the shared state is down', () => {
  it('nothing is compared, nothing is sent and nobody passes; then all goes on as before', async () => {
    const { signedIn, transport, state, clock } = appOnState();
    const full = await signedIn('ada');
    const half = await signedIn('ada', 'password');
    const code = transport.lastCode();
    clock.advance(6);
    state.isDown = true;
    for (const answer of [
      await full.get('/secret'),
      await half.get('/secret'),
      await half.get('/auth/session'),
      await postJson(half, '/auth/code', { code }),
      await postJson(half, '/auth/code/send'),
      await postJson(half, '/auth/login', { username: 'ada', password: 'lovelace' }),
    ]) {
      expect(answer.status).to.equal(503);
      expect(answer.body.code).to.equal('STATE_UNAVAILABLE');
      expect(answer.headers['retry-after']).to.equal('5');
    }
    expect(transport.messages).to.have.length(2);
    state.isDown = false;
    await full.get('/secret').expect(200);
    expect((await half.get('/auth/session')).body.attemptsRemaining).to.equal(5);
    await postJson(half, '/auth/code', { code }).expect(200);
  });

  for (const what of ['sign-in', 'step-up'] as const) {
    it(`costs no code of a ${what} if it goes down between the code and its grant`, async () => {
      const { signedIn, transport, state } = appOnState();
      const jar = await signedIn('ada', what === 'sign-in' ? 'password' : 'code');
      if (what === 'step-up') await postJson(jar, '/auth/code/send').expect(200);
      const code = transport.lastCode();
      const goOn = failFrom(state, isWin);
      const { body } = await postJson(jar, '/auth/code', { code }).expect(503);
      expect(body.code).to.equal('STATE_UNAVAILABLE');
      expect((await jar.get('/secret')).status).to.equal(what === 'sign-in' ? 401 : 200);
      goOn();
      await postJson(jar, '/auth/code', { code }).expect(200);
      await jar.get('/secret').expect(200);
      await postJson(jar, '/auth/code', { code }).expect(409);
    });

    it(`costs no code of a ${what} if the new session cannot be saved`, async () => {
      const { signedIn, transport, sessions } = appOnState();
      const jar = await signedIn('ada', what === 'sign-in' ? 'password' : 'code');
      if (what === 'step-up') await postJson(jar, '/auth/code/send').expect(200);
      const code = transport.lastCode();
      const { set } = sessions;
      sessions.set = (_id, _session, done) => done?.(new Error('the connection was closed'));
      const { body } = await postJson(jar, '/auth/code', { code }).expect(503);
      expect(body.code).to.equal('STATE_UNAVAILABLE');
      sessions.set = set;
      expect((await jar.get('/auth/session')).body.stage).to.equal('code');
      await postJson(jar, '/auth/code', { code }).expect(200);
      await jar.get('/secret').expect(200);
    });
  }

  it('lets in a right code whose winning commit was done, though its answer was lost', async () => {
    const { signedIn, transport, state } = appOnState();
    const half = await signedIn('ada', 'password');
    const commit = state.commit.bind(state);
    let isLost = false;
    state.commit = async (steps) => {
      const answer = await commit(steps);
      if (!isWin(steps) || isLost) return answer;
      isLost = true;
      throw new Error('the connection was closed');
    };
    await postJson(half, '/auth/code', { code: transport.lastCode() }).expect(200);
    expect(isLost).to.equal(true);
    await half.get('/secret').expect(200);
  });

  it('a person reads a page, not JSON', async () => {
    const { signedIn, transport, state } = appOnState();
    const half = await signedIn('ada', 'password');
    state.isDown = true;
    for (const answer of [
      await getPage(half, '/auth/code'),
      await postForm(half, '/auth/code', { code: transport.lastCode() }),
      await getPage(half, '/secret'),
    ]) {
      expect(answer.status).to.equal(503);
      expect(answer.type).to.equal('text/html');
      expect(answer.text).to.include('Nothing is lost');
    }
  });

  it('pages that need nobody still answer', async () => {
    const { signedIn, state, app, clock } = appOnState({ authRequired: false });
    app.get('/public', (req, res) => void res.json(req.smsOtp));
    const jar = await signedIn('ada');
    clock.advance(6);
    state.isDown = true;
    expect((await jar.get('/public').expect(200)).body).to.deep.equal({ stage: 'none' });
  });
});

describe('while the directory is down', () => {
  it('whoever is signed in goes on, and a person who is not reads a page', async () => {
    const { signedIn, people, clock } = appOnState();
    const full = await signedIn('ada');
    const choosing = await signedIn('grace', 'password');
    people.isDown = true;
    clock.advance(400);
    await full.get('/secret').expect(200);
    const page = await getPage(choosing, '/auth/code').expect(503);
    expect(page.type).to.equal('text/html');
    expect((await postForm(choosing, '/auth/code/send').expect(503)).text).to.include(
      'We cannot look you up right now.',
    );
  });
});

describe('while no SMSC takes a message', () => {
  it('a person can try again with one press, and nothing is counted', async () => {
    const { agent, transport } = appOnState();
    const jar = agent();
    transport.mode = 'reject';
    const { text } = await postForm(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    expect(text).to.include('Nothing is lost').and.include('action="/auth/code/send"');
    for (let attempt = 0; attempt < 7; attempt++) {
      expect((await postForm(jar, '/auth/code/send').expect(503)).text).to.include('action="/auth/code/send"');
    }
    transport.mode = 'accept';
    await postForm(jar, '/auth/code/send').expect(303).expect('Location', '/auth/code');
    await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303);
  });
});

describe('what takes the place of a code by SMS needs what a right code needs:', () => {
  const LOGIN = { username: 'ada', password: 'lovelace' };
  const PAGE = '/auth/without-phone';
  const OUTAGES = {
    'while the SMSC is down it lets in': [undefined, ({ transport }: TestApp) => (transport.mode = 'reject')],
    'while the directory is down it is a 503, and lives on': [
      'DIRECTORY_UNAVAILABLE',
      ({ people }: TestApp) => (people.isDown = true),
    ],
    'while the shared state is down it is a 503, and lives on': [
      'STATE_UNAVAILABLE',
      ({ state }: { state: MapState }) => (state.isDown = true),
    ],
  } as const;
  for (const [title, [code, begin]] of Object.entries(OUTAGES)) {
    it(title, async () => {
      const app = appOnState({ trustBrowser: {}, recoveryCodes: true });
      const trusted = await app.signedIn('ada', 'password');
      const right = app.transport.lastCode();
      await postJson(trusted, '/auth/code', { code: right, trustBrowser: true }).expect(200);
      const { body } = await postJson(trusted, '/auth/account/recovery-codes').expect(200);
      await postJson(trusted, '/auth/logout').expect(200);
      const [paper, desk] = [await app.signedIn('ada', 'password'), await app.signedIn('grace', 'password')];
      const help = await app.otp.issueHelpCode('id-grace');
      const asks = [
        () => postJson(trusted, '/auth/login', LOGIN),
        () => postJson(paper, PAGE, { code: body.recoveryCodes[0] }),
        () => postJson(desk, PAGE, { code: help }),
      ];
      begin(app);
      for (const ask of asks) {
        const answer = await ask();
        const told = [answer.status, answer.body.code, answer.headers['retry-after']];
        expect(told).to.deep.equal(code === undefined ? [200, undefined, undefined] : [503, code, '5']);
      }
      if (code === undefined) return;
      [app.people.isDown, app.state.isDown] = [false, false];
      for (const ask of asks) expect((await ask()).body).to.include({ stage: 'verified' });
    });
  }
});
