import { request } from 'node:http';
import { expect } from 'chai';
import { type Inbox, startInbox } from '../../../lib/simulator/inbox/inbox.ts';
import { type SmscSimulator, startSmsc } from '../../../lib/simulator/smsc/smsc.ts';

const NEXT_FAILS = { to: '+46701740605', submits: 1, receipt: 'failed' };

describe('the inbox, asked for the behaviour of the SMSC,', () => {
  let smsc: SmscSimulator;
  let inbox: Inbox;

  beforeEach(async () => {
    smsc = await startSmsc();
    inbox = await startInbox({ smsc });
  });

  afterEach(async () => {
    await inbox.close();
    await smsc.close();
  });

  it('tells what is set', async () => {
    smsc.behave({ submitStatus: 0x58, submits: 2 }, { isDown: true });
    const response = await fetch(`${inbox.url}/behaviour`);
    expect(response.headers.get('Content-Type')).to.equal('application/json');
    expect(await response.json()).to.deep.equal([{ submitStatus: 0x58, submits: 2 }, { isDown: true }]);
  });

  it('takes one, or several, in place of what was set', async () => {
    const response = await post([NEXT_FAILS, { isDead: true }]);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal([NEXT_FAILS, { isDead: true }]);
    await post(NEXT_FAILS);
    expect(smsc.behaviours).to.deep.equal([NEXT_FAILS]);
    await post([]);
    expect(smsc.behaviours).to.deep.equal([]);
  });

  for (const [what, body] of Object.entries({
    'an unknown name': { recept: 'failed' },
    'a wrong value': { receipt: 'lost' },
    'no object': 7,
    'no JSON': undefined,
  })) {
    it(`refuses ${what}, and leaves all as it was`, async () => {
      await post(NEXT_FAILS);
      const response = await post(body, body === undefined ? { body: '{' } : {});
      expect(response.status).to.equal(400);
      expect(await response.text()).not.to.equal('');
      expect(smsc.behaviours).to.deep.equal([NEXT_FAILS]);
    });
  }

  it('refuses what a page of another site can send', async () => {
    const foreign: readonly Record<string, string>[] = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: inbox.url.replace('http:', 'https:') },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: inbox.url },
      { Host: 'evil.example' },
    ];
    for (const headers of foreign) {
      expect(await statusOf(JSON.stringify(NEXT_FAILS), headers), JSON.stringify(headers)).to.equal(403);
    }
    expect(await statusOf('to=1', { 'Content-Type': 'application/x-www-form-urlencoded' })).to.equal(415);
    expect(await statusOf(JSON.stringify(NEXT_FAILS), { 'Content-Type': 'text/plain' })).to.equal(415);
    expect(smsc.behaviours).to.deep.equal([]);
  });

  it('takes what its own page and what a program sends', async () => {
    const own = { Origin: inbox.url, 'Sec-Fetch-Site': 'same-origin' };
    for (const headers of [own, {}]) expect(await statusOf('[]', headers)).to.equal(200);
  });

  it('refuses a long body', async () => {
    expect(await statusOf(JSON.stringify([{ to: '1'.repeat(20_000) }]))).to.equal(413);
  });

  it('knows GET and POST', async () => {
    const response = await fetch(`${inbox.url}/behaviour`, { method: 'DELETE' });
    expect(response.status).to.equal(405);
    expect(response.headers.get('Allow')).to.equal('GET, POST');
  });

  it('goes on if a client goes away inside a body', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '100' };
    const asked = request(`${inbox.url}/behaviour`, { method: 'POST', headers });
    const gone = new Promise((resolve) => asked.on('error', resolve));
    asked.on('socket', (socket) => socket.on('connect', () => asked.write('[', () => asked.destroy())));
    await gone;
    expect((await post([])).status).to.equal(200);
  });

  function post(behaviour: unknown, more: RequestInit = {}): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' };
    return fetch(`${inbox.url}/behaviour`, { method: 'POST', headers, body: JSON.stringify(behaviour), ...more });
  }

  /** With headers that `fetch` would not send. */
  function statusOf(body: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const all = { 'Content-Type': 'application/json', ...headers };
      const asked = request(`${inbox.url}/behaviour`, { method: 'POST', headers: all }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end(body);
    });
  }
});
