/// <reference lib="dom" />
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import express, { type Express } from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import type { SmsOtpOptions } from '../../lib/index.ts';
import { PAGE_NAMES } from '../../lib/pages/render.ts';
import { STYLE_NAMES } from '../../lib/schema/styles-schema.ts';
import { type Agent, getPage, postForm, postJson } from '../support/app.ts';
import { useBrowser, violationsOn } from '../support/browser.ts';
import { namesIn } from '../support/doc-tables.ts';
import { runListing } from '../support/listing.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

const PAGE = 'docs/customizing.md';
const SECRET = 'a secret of the listings, long enough';
const page = readFileSync(PAGE, 'utf8');

interface Listing {
  readonly jar: Agent;
  readonly transport: RecordingTransport;
}

/** The app of a listing, which begins with a session. */
async function listing(name: string, prepare?: (app: Express) => void): Promise<Listing> {
  const transport = new RecordingTransport();
  const app = express();
  app.set('env', 'test');
  app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
  prepare?.(app);
  const origin = 'http://127.0.0.1:3000';
  const options: SmsOtpOptions = { secret: SECRET, origin, appName: 'Tea', userStore: new People(), transport };
  await runListing(PAGE, name, { app, options });
  return { jar: agent(app), transport };
}

async function login(jar: Agent, language = 'en'): Promise<string> {
  const { text } = await getPage(jar, '/auth/login').set('Accept-Language', language).expect(200);
  return text;
}

describe('the listings for own looks', () => {
  it('values: become a stylesheet', async () => {
    const { jar } = await listing('values');
    expect(await login(jar)).to.include('href="/auth/assets/own.css"');
    const { text } = await jar.get('/auth/assets/own.css').expect(200);
    expect(text).to.include('--sms-otp-accent: #0b6e4f;').and.include('--sms-otp-logo: url(/public/bank.svg);');
    await jar.get('/public/bank.svg').expect(200);
  });

  it('a stylesheet: is loaded after ours, before anybody has signed in', async () => {
    const { jar } = await listing('stylesheet');
    const [href = ''] = /\/public\/[^"]+/.exec(await login(jar)) ?? [];
    const { text } = await jar
      .get(href)
      .expect(200)
      .expect('Content-Type', /^text\/css/);
    expect(text).to.include('--sms-otp-accent:');
  });

  it('messages: are said on the pages and in the SMS', async () => {
    const { jar, transport } = await listing('messages');
    expect(await login(jar)).to.include('<h1>Welcome to the tea room</h1>');
    expect(await login(jar, 'sv')).to.include('<h1>Välkommen till terummet</h1>');
    await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect(transport.messages[0]?.text).to.match(/^Tea is ready: \d{6} lets you in to Tea for 5 min\./);
  });

  it('locales: speak another language, and English if they do not', async () => {
    const { jar, transport } = await listing('locales');
    expect(await login(jar, 'af-ZA'))
      .to.include('<html lang="af" dir="ltr">')
      .and.include('Wagwoord');
    const credentials = { username: 'ada', password: 'lovelace' };
    await postJson(jar, '/auth/login', credentials).set('Accept-Language', 'af').expect(200);
    expect(transport.messages[0]?.text).to.match(/^\d{6} is jou kode om by Tea aan te meld\. Dit is 5 min geldig\./);
    const { text } = await getPage(jar, '/auth/code').set('Accept-Language', 'af').expect(200);
    expect(text).to.include('<h1>Enter your code</h1>');
  });

  it('a function: signs people in, and escapes what they typed', async () => {
    await signsIn((await listing('function')).jar);
  });

  it('code: chooses a number, shows what was wrong, sends again and signs in', async () => {
    const { jar, transport } = await listing('code');
    await postForm(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(303);
    const { text: choice } = await getPage(jar, '/auth/number').expect(200);
    expect(choice).to.include('<button name="number" value="1">••• 0607</button>').and.include('action="/auth/logout"');
    await postForm(jar, '/auth/number', { number: '1' }).expect(303);
    await postForm(jar, '/auth/code', { code: '12' }).expect(303);
    const { text: again } = await getPage(jar, '/auth/code').expect(200);
    expect(again).to.include('role="alert"').and.include('action="/auth/code/send">').and.not.include('data-press');
    await postForm(jar, '/auth/code', { code: transport.lastCode() }).expect(303);
    await jar.get('/auth/session').expect(200, /"stage":"verified"/);
    const { text: stepUp } = await getPage(jar, '/auth/code').expect(303);
    expect(stepUp).to.be.a('string');
  });

  it('a template: signs people in, and escapes what they typed', async () => {
    const folder = '.build/listings/views';
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/login.ejs`, /^```ejs\n(.*?)^```$/ms.exec(page)?.[1] ?? '');
    const { jar } = await listing('template', (app) => app.set('views', folder));
    await signsIn(jar);
  });
});

describe('the pages of the listings in a browser', function () {
  this.timeout(60_000);
  const browser = useBrowser();

  it('give axe nothing to object to, and are as wide as a phone', async () => {
    const { jar: own } = await listing('function');
    const { jar } = await listing('code');
    const wrong = { username: 'ada', password: 'wrong' };
    const pages = [await login(own), (await postForm(own, '/auth/login', wrong)).text];
    await postForm(jar, '/auth/login', { username: 'grace', password: 'hopper' }).expect(303);
    pages.push((await getPage(jar, '/auth/number')).text);
    await postForm(jar, '/auth/number', { number: '1' }).expect(303);
    pages.push((await getPage(jar, '/auth/code')).text);
    await postForm(jar, '/auth/code', { code: '12' }).expect(303);
    pages.push((await getPage(jar, '/auth/code')).text);
    const page = await browser.newPage({ viewport: { width: 320, height: 640 }, isMobile: true });
    for (const html of pages) {
      await page.setContent(html);
      expect(await violationsOn(page), html).to.deep.equal([]);
      expect(await page.evaluate(() => document.documentElement.clientWidth)).to.equal(320);
      expect(await page.locator('[autofocus][aria-describedby="error"]').count(), html).to.equal(
        html.includes('role="alert"') ? 1 : 0,
      );
    }
  });
});

describe('docs/customizing.md', () => {
  it('has every name of a value', () => {
    const rows = Array.from(page.matchAll(/^\| ((?:`\w+`,? ?)+) \| [a-z].* \|$/gm), ([, names = '']) => names).join();
    for (const name of STYLE_NAMES) expect(rows).to.include(`\`${name}\``);
  });

  it('has every page and its locals', () => {
    const source = readFileSync('lib/views.ts', 'utf8');
    for (const name of PAGE_NAMES) {
      expect(source).to.include(`readonly ${name}:`);
      expect(page).to.match(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
    }
    const locals = /export interface PageLocals \{(.*?)^}/ms.exec(source)?.[1] ?? '';
    for (const [, name] of locals.matchAll(/readonly (\w+)\??: /g)) expect(page).to.include(`\`${name}\``);
  });

  it('has every member of urls', () => {
    const source = readFileSync('lib/views.ts', 'utf8');
    const [, urls = ''] = /readonly urls: \{(.*?)^ {2}\};/ms.exec(source) ?? [];
    const names = Array.from(urls.matchAll(/readonly (\w+)\??:/g), ([, name]) => name);
    expect(names).to.have.length.above(10);
    expect(namesIn(page, '`urls.…`')).to.have.members(names);
  });

  it('names files that there are', () => {
    const paths = Array.from(page.matchAll(/example-app\/[\w./-]+\w/g), ([path]) => path);
    expect(paths).to.not.be.empty;
    for (const path of paths) expect(existsSync(path), path).to.equal(true);
  });
});

async function signsIn(jar: Agent): Promise<void> {
  const german = await login(jar, 'de');
  await jar.get(/href="([^"]+\.css)"/.exec(german)?.[1] ?? '').expect(200);
  expect(german)
    .to.include('<html lang="de" dir="ltr">')
    .and.include('<h1>Anmelden</h1>')
    .and.not.include('role="alert"');
  const typed = '"><script>alert(1)</script>';
  const returnTo = '/tea?"><b>';
  const wrong = await postForm(jar, '/auth/login', { username: typed, password: 'x', returnTo }).expect(401);
  expect(wrong.text).to.include('<p id="error" role="alert">Incorrect username or password.</p>');
  expect(wrong.text).to.match(/value="(&quot;|&#34;)&gt;&lt;script&gt;/);
  expect(wrong.text).to.not.match(/<script|<b>/);
  await postForm(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(303);
}
