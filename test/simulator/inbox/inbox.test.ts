import { request } from 'node:http';
import { expect } from 'chai';
import { type Inbox, startInbox } from '../../../lib/simulator/inbox/inbox.ts';
import { MessageLog, type ReceivedMessage } from '../../../lib/simulator/smsc/messages.ts';
import { inProduction } from '../../support/production.ts';

const MESSAGE: ReceivedMessage = {
  id: 'a1',
  to: '+46701740605',
  from: 'Example',
  text: 'Example: 123456 is your code.',
  receivedAt: '2026-01-02T03:04:05.000Z',
  status: 'accepted',
};
const NO_MESSAGES = { messages: [], onMessage: () => () => {}, behaviours: [], behave() {} };

describe('the inbox', () => {
  let log: MessageLog;
  let inbox: Inbox;

  beforeEach(async () => {
    log = new MessageLog();
    inbox = await startInbox({
      smsc: { ...NO_MESSAGES, messages: log.all, onMessage: (listener) => log.onMessage(listener) },
    });
  });

  afterEach(() => inbox.close());

  it('lists messages as JSON, newest last, without their ids', async () => {
    log.add(MESSAGE);
    log.add({ ...MESSAGE, id: 'a2', text: 'second' });
    const { id, ...shown } = MESSAGE;
    const messages = await (await fetch(`${inbox.url}/messages`)).json();
    expect(messages).to.deep.equal([shown, { ...shown, text: 'second' }]);
  });

  it('sends what is there, what arrives and what changes as events', async () => {
    log.add(MESSAGE);
    const events = await openEvents();
    expect(await nextEvent(events)).to.deep.equal({ event: 'all', data: [MESSAGE] });
    log.setStatus('a1', 'delivered');
    expect(await nextEvent(events)).to.deep.equal({ event: 'one', data: { ...MESSAGE, status: 'delivered' } });
    log.add({ ...MESSAGE, id: 'a2' });
    expect(await nextEvent(events)).to.deep.equal({ event: 'one', data: { ...MESSAGE, id: 'a2' } });
  });

  it('answers only to names of this machine', async () => {
    for (const host of ['localhost:3001', '127.0.0.1', '[::1]:80', 'LOCALHOST']) {
      expect(await statusFor(host), host).to.equal(200);
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example:3001',
      'localhost@evil.example',
    ]) {
      expect(await statusFor(host), host).to.equal(403);
    }
  });

  it('takes GET only, knows no other paths and lets no other site read', async () => {
    expect((await fetch(inbox.url, { method: 'POST' })).status).to.equal(405);
    expect((await fetch(`${inbox.url}/inbox.ts`)).status).to.equal(404);
    const { headers } = await fetch(`${inbox.url}/messages`, { headers: { Origin: 'https://evil.example' } });
    expect(headers.has('Access-Control-Allow-Origin')).to.equal(false);
    expect(headers.get('Cross-Origin-Resource-Policy')).to.equal('same-origin');
  });

  it('rejects if the port is taken', async () => {
    const port = Number(new URL(inbox.url).port);
    expect(await failureOf(startInbox({ smsc: NO_MESSAGES, port }))).to.include({ code: 'EADDRINUSE' });
  });

  it('closes with a browser still listening, and a second time', async () => {
    const events = await openEvents();
    await nextEvent(events);
    await inbox.close();
    await inbox.close();
    expect(await failureOf(nextEvent(events))).to.be.an('error');
  });

  it('refuses to start in production', async () => {
    const failure = await failureOf(inProduction(() => startInbox({ smsc: NO_MESSAGES })));
    expect(failure).to.match(/The inbox simulator is for development/);
  });

  function statusFor(host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const asked = request(inbox.url, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
  }

  async function openEvents(): Promise<ReadableStreamDefaultReader<string>> {
    const { body } = await fetch(`${inbox.url}/events`);
    if (body === null) throw new Error('The answer has no body.');
    return body.pipeThrough(new TextDecoderStream()).getReader();
  }
});

async function nextEvent(events: ReadableStreamDefaultReader<string>): Promise<unknown> {
  const { value = '' } = await events.read();
  const [, event, data = ''] = /^event: (.*)\ndata: (.*)\n\n$/.exec(value) ?? [];
  return { event, data: JSON.parse(data) };
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error) => error,
  );
}
