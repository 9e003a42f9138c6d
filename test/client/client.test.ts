import { EventEmitter, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import ts from 'typescript-5.8';
import { type SmsOtpClient, SmsOtpProblem, type SmsOtpState, smsOtpClient } from '../../lib/client/index.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { browserFetch } from '../support/browser-fetch.ts';
import { listen } from '../support/client.ts';
import { useClosing } from '../support/closing.ts';

describe('the client for browsers', () => {
  const keep = useClosing();
  let set: TestApp;
  let url: string;
  let client: SmsOtpClient;

  beforeEach(async () => {
    set = testApp({
      options: { enrollment: { when: 'always', allowedCountries: ['SE'] } },
      routes: (app, otp) => {
        app.post('/transfer', otp.requireSmsOtp({ maxAgeSeconds: 60 }), (req, res) => void res.json(req.headers));
      },
    });
    ({ url } = keep(await listen(set.app)));
    client = smsOtpClient({ fetch: browserFetch(url) });
  });

  const code = () => set.transport.lastCode();
  const problemOf = async (call: Promise<unknown>) => {
    const problem = await call.catch((error: unknown) => error);
    if (!(problem instanceof SmsOtpProblem)) throw new Error('it is not refused');
    return problem;
  };

  it('signs people in and out', async () => {
    expect(await client.state()).to.deep.equal({ stage: 'none', location: '/auth/login' });
    expect(await client.signIn('ada', 'lovelace')).to.include({ stage: 'code', phone: '••• 0605' });
    expect(await client.verify(code())).to.include({ stage: 'verified', acr: 'smpp' });
    expect(await client.signOut()).to.include({ stage: 'none' });
  });

  it('rejects with what the answer says', async () => {
    expect(await problemOf(client.signIn('ada', 'wrong'))).to.include({ code: 'INVALID_CREDENTIALS' });
    await client.signIn('ada', 'lovelace');
    const wrong = await problemOf(client.verify(wrongCode(code())));
    expect(wrong.details).to.include({ code: 'INVALID_CODE', status: 401, attemptsRemaining: 4 });
    const early = await problemOf(client.sendCode());
    expect(early.code).to.equal('TOO_MANY_SENDS');
    expect(early.details.retryAfterSeconds).to.be.within(1, 30);
  });

  it('rejects with UNEXPECTED for an answer of somebody else', async () => {
    const proxy = smsOtpClient({ fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }) });
    expect((await problemOf(proxy.state())).details).to.include({ code: 'UNEXPECTED', status: 502 });
    const pages = smsOtpClient({ fetch: async () => new Response('<h1>Welcome</h1>') });
    expect((await problemOf(pages.state())).code).to.equal('UNEXPECTED');
  });

  it('lets people choose, enter, add and remove numbers', async () => {
    const { numbers } = await client.signIn('grace', 'hopper');
    expect(numbers?.[1]).to.deep.equal({ number: 1, phone: '••• 0607' });
    expect((await client.numbers()).numbers).to.have.length(2);
    await client.chooseNumber(1);
    await client.verify(code());
    expect((await client.account()).numbers).to.have.length(2);
    expect(await client.removePhone(0)).to.include({ stage: 'code', purpose: 'change' });
    expect(await client.verify(code())).to.include({ stage: 'verified' });
    expect(await client.signOutEverywhere()).to.include({ stage: 'none' });
    expect(await client.signIn('alan', 'turing')).to.include({ stage: 'enroll' });
    expect(await client.enroll('+46701740699')).to.include({ stage: 'code' });
  });

  it('repeats a refused request, with its body, once the handler says that the code was right', async () => {
    await client.signIn('ada', 'lovelace');
    await client.verify(code());
    set.clock.advance(61);
    const asked: string[] = [];
    client.onStepUp(async (problem) => {
      asked.push(problem.code);
      await client.sendCode();
      return (await client.verify(code())).stage === 'verified';
    });
    const transfer = () => client.fetch(`${url}/transfer`, { method: 'POST', body: 'amount=1' });
    const answers = await Promise.all([transfer(), transfer()]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    expect(asked).to.deep.equal(['SMS_OTP_REQUIRED']);
    expect(await answers[0]?.json()).to.include({ 'content-length': '8' });
  });

  it('hands on the refusal where nobody asks for a code, or the person gives up', async () => {
    const refused = () => client.fetch(`${url}/secret`);
    expect((await refused()).status).to.equal(401);
    const stop = client.onStepUp(() => false);
    const answer = await refused();
    expect([answer.status, (await answer.json()).code]).to.deep.equal([401, 'SIGN_IN_REQUIRED']);
    stop();
    expect((await refused()).status).to.equal(401);
  });

  it("leaves the app's own refusals alone", async () => {
    const own = smsOtpClient({ fetch: async () => Response.json({ code: 'NOT_OURS', detail: '' }, { status: 401 }) });
    own.onStepUp(() => expect.fail('it is asked'));
    expect((await own.fetch(`${url}/anything`)).status).to.equal(401);
  });

  it('tells of each change while a code is pending, and then ends', async () => {
    await client.signIn('ada', 'lovelace');
    const states: SmsOtpState[] = [];
    const verified = new Promise<void>((resolve) => {
      client.watch(
        (state) => {
          states.push(state);
          if (state.stage === 'verified') resolve();
          else if (state.delivery === 'accepted') set.transport.receipt('delivered');
          else if (state.delivery === 'delivered') void client.verify(code());
        },
        { everySeconds: 0 },
      );
    });
    await verified;
    expect(states.map(({ delivery }) => delivery)).to.deep.equal(['accepted', 'delivered', undefined]);
  });

  it('asks no more once the listener has ended it', async () => {
    let questions = 0;
    const asking = smsOtpClient({
      fetch: async () => {
        questions += 1;
        return Response.json({ stage: 'code', location: '', expiresInSeconds: questions });
      },
    });
    const told = await new Promise<(number | undefined)[]>((resolve) => {
      const stop = asking.watch(() => stop(), { everySeconds: 1 });
      // Its second question comes after the one that the first would ask.
      const seen: (number | undefined)[] = [];
      const end = asking.watch(
        ({ expiresInSeconds }) => {
          seen.push(expiresInSeconds);
          if (seen.length === 1) return;
          end();
          resolve(seen);
        },
        { everySeconds: 1 },
      );
    });
    expect(told).to.deep.equal([2, 3]);
  });

  it('ends the question that is open when something is sent, and asks none meanwhile', async () => {
    const asked = new EventEmitter<{ question: [AbortSignal]; form: [() => void] }>();
    const asking = smsOtpClient({
      fetch: (_input, init) =>
        new Promise((resolve, reject) => {
          const answer = () => resolve(Response.json({ stage: 'verified', location: '' }));
          if (init?.method === 'POST') return asked.emit('form', answer);
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
          asked.emit('question', init?.signal as AbortSignal);
        }),
    });
    const question = once(asked, 'question');
    const stops = [asking.watch(() => expect.fail('it is told'))];
    const [signal] = await question;
    expect(signal.aborted).to.equal(false);
    const form = once(asked, 'form');
    const verified = asking.verify('012345');
    expect(signal.aborted).to.equal(true);
    const [answer] = await form;
    asked.once('question', () => expect.fail('it is asked'));
    stops.push(asking.watch(() => expect.fail('it is told')));
    answer();
    expect(await verified).to.include({ stage: 'verified' });
    for (const stop of stops) stop();
  });

  it('tells nothing that was asked before a form, though the fetch of the app knows of no signals', async () => {
    const asked = new EventEmitter<{ question: [() => void] }>();
    const asking = smsOtpClient({
      fetch: async (_input, init) => {
        if (init?.method === 'POST') return Response.json({ stage: 'verified', location: '' });
        await new Promise<void>((resolve) => asked.emit('question', resolve));
        return Response.json({ stage: 'code', location: '' });
      },
    });
    const told: SmsOtpState[] = [];
    const question = once(asked, 'question');
    const stop = asking.watch((state) => told.push(state), { everySeconds: 1 });
    const [answer] = await question;
    await asking.verify('012345');
    const next = once(asked, 'question');
    answer();
    await next;
    stop();
    expect(told).to.deep.equal([]);
  });

  it('leaves an error of the listener to the app, and goes on', async () => {
    let questions = 0;
    const asking = smsOtpClient({
      fetch: async () => {
        questions += 1;
        return Response.json({ stage: 'code', location: '', expiresInSeconds: questions });
      },
    });
    const thrown: unknown[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => thrown.push(error));
    try {
      await new Promise<void>((resolve) => {
        const stop = asking.watch(
          ({ expiresInSeconds }) => {
            if (expiresInSeconds === 1) throw new Error('of the listener');
            stop();
            resolve();
          },
          { everySeconds: 1 },
        );
      });
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
    expect(thrown.map(String)).to.deep.equal(['Error: of the listener']);
  });

  it('waits for no person on behalf of a request that the app gives up', async () => {
    const giveUp = new AbortController();
    let isAsked = false;
    client.onStepUp(() => {
      isAsked = true;
      giveUp.abort(new Error('given up'));
      return new Promise(() => {});
    });
    const refused = await client.fetch(`${url}/secret`, { signal: giveUp.signal }).catch((error: unknown) => error);
    expect([isAsked, refused]).to.deep.equal([true, giveUp.signal.reason]);
    const gone = await client.fetch(`${url}/secret`, { signal: giveUp.signal }).catch((error: unknown) => error);
    expect(gone).to.equal(giveUp.signal.reason);
  });

  it('has at most 4 kB, compressed, and imports nothing but itself', () => {
    const sources = readdirSync('lib/client').map((file) => readFileSync(`lib/client/${file}`, 'utf8'));
    const options = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, removeComments: true };
    const code = sources.map((source) => ts.transpileModule(source, { compilerOptions: options }).outputText).join('');
    // Not minified: a bundler makes it smaller still.
    expect(gzipSync(code).length).to.be.at.most(4096);
    const imported = [...code.matchAll(/from '([^']+)'/g)].map(([, from]) => from);
    for (const from of imported) expect(from).to.match(/^\.\/[a-z]+\.ts$/);
  });
});
