import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Client } from '../support/client.ts';
import { type Demo, startDemo } from '../support/demo.ts';

const doc = readFileSync('docs/demo.md', 'utf8');

describe('docs/demo.md', () => {
  let demo: Demo;
  let secondsLater = 0;

  beforeEach(async () => {
    demo = await startDemo({}, () => Date.now() + secondsLater * 1000);
  });

  afterEach(() => demo?.close());

  it('shows what the demo answers, from the password to the fresh code', async () => {
    const jar = new Client(demo.url);
    const asked = await jar.post('/auth/login', { username: 'ada', password: 'lovelace' });
    expect(steady(asked.body)).to.deep.equal(steady(shownAfter('/auth/login')));
    const verified = await jar.post('/auth/code', { code: await demo.newestCode() });
    expect(steady(verified.body)).to.deep.equal(steady(shownAfter('/auth/code')));
    const headers = { Accept: 'application/json', Cookie: jar.cookie };
    expect((await fetch(`${demo.url}/dashboard`, { headers })).status).to.equal(200);

    secondsLater = 61;
    const refused = await fetch(`${demo.url}/transfer`, { headers });
    expect(refused.status).to.equal(401);
    for (const [, parameter = ''] of doc.matchAll(/\b((?:error|max_age)="\w+")/g)) {
      expect(refused.headers.get('WWW-Authenticate')).to.contain(parameter);
    }
    expect((await jar.post('/auth/code/send')).status).to.equal(200);
    expect((await jar.post('/auth/code', { code: await demo.newestCode() })).status).to.equal(200);
    expect((await fetch(`${demo.url}/transfer`, { headers: { ...headers, Cookie: jar.cookie } })).status).to.equal(200);
  });

  it('shows how those sign in who have two numbers, or none', async () => {
    const steps = [...doc.matchAll(/^curl -s -c (\w+) -b \1 localhost:3000(\S+) --json '(.*)'\n((?:#.*\n)*)/gm)];
    for (const person of ['grace', 'alan']) {
      const jar = new Client(demo.url);
      const own = steps.filter(([, name]) => name === person);
      expect(own, person).to.have.length(2);
      for (const [, , path = '', body = '', comment = ''] of own) {
        const answer = await jar.post(path, JSON.parse(body));
        expect(answer.status, path).to.equal(200);
        if (comment !== '') expect(answer.body).to.deep.equal(JSON.parse(comment.replace(/^#/gm, '')));
      }
      expect((await jar.post('/auth/code', { code: await demo.newestCode() })).status, person).to.equal(200);
    }
  });

  it('names the people of the demo, and their numbers', async () => {
    const rows = [...doc.matchAll(/^\| (\w+) \| (\w+) \| ([+\d, ]+|none) \|$/gm)];
    expect(rows).to.have.length(3);
    for (const [, username = '', password = '', numbers = ''] of rows) {
      const user = await demo.userStore.findUser({ username });
      expect(user?.phoneNumbers).to.deep.equal(numbers === 'none' ? [] : numbers.split(', '));
      expect(user && (await demo.userStore.checkPassword?.(user, password)), username).to.equal(true);
    }
  });

  it('names what there is to see on the pages without the phone', async () => {
    const jar = new Client(demo.url);
    await jar.post('/auth/login', { username: 'grace', password: 'hopper' });
    await jar.post('/auth/number', { number: 0 });
    const codePage = await pageOf(demo.url, jar, '/auth/code');
    await jar.post('/auth/code', { code: await demo.newestCode() });
    const seen = codePage + (await pageOf(demo.url, jar, '/dashboard'));
    const section = /^\[Without the phone\](?:.*\n)+?(?=## )/m.exec(doc)?.[0].replaceAll('\n  ', ' ') ?? '';
    const quoted = [...section.matchAll(/"([^"]+)"/g)].map(([, words = '']) => words);
    expect(quoted).to.include.members(['Trust this browser for 30 days', 'I do not have my phone', 'Help code']);
    const administration = readFileSync('example-app/pages.ts', 'utf8');
    for (const words of quoted) expect(seen.replaceAll('\u00a0', ' ') + administration).to.include(words);
  });

  it('names variables that the demo reads', () => {
    const source = readFileSync('example-app/environment.ts', 'utf8');
    const named = new Set(doc.match(/\b[A-Z]+_[A-Z_]+\b/g));
    expect(named.size).to.be.greaterThan(3);
    for (const name of named) expect(source).to.match(new RegExp(`^ {2}${name}:`, 'm'));
  });
});

async function pageOf(url: string, { cookie }: Client, path: string): Promise<string> {
  return (await fetch(url + path, { headers: { Accept: 'text/html', Cookie: cookie } })).text();
}

/** The JSON behind the command that asks this path. */
function shownAfter(path: string): Record<string, unknown> {
  const [, comment = ''] = new RegExp(`^curl .*${path} .*\\n((?:#.*\\n)+)`, 'm').exec(doc) ?? [];
  return JSON.parse(comment.replace(/^#/gm, ''));
}

/** Without what differs from run to run: the receipt may come a moment later. */
function steady({ authTime, delivery, ...state }: Record<string, unknown>): unknown {
  const { user } = state as { user?: object };
  return {
    ...state,
    hasAuthTime: authTime !== undefined,
    wasDelivered: delivery === 'delivered' || delivery === 'accepted',
    ...(user && { user: { ...user, id: '…' } }),
  };
}
