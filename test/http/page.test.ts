import { expect } from 'chai';
import type { Express } from 'express';
import { html, type SmsOtpOptions, type User } from '../../lib/index.ts';
import { type Agent, getPage, postForm, postJson, type TestApp, testApp } from '../support/app.ts';

const ADA = { username: 'ada', password: 'lovelace' };

/** An app whose ada has this language in the directory. */
function appOf(locale: unknown, options: Partial<SmsOtpOptions> = {}, before?: (app: Express) => void): TestApp {
  const test = testApp({ options, ...(before && { before }) });
  test.people.change('id-ada', { locale } as Partial<User>);
  return test;
}

function german(jar: Agent, path = '/auth/login'): ReturnType<Agent['get']> {
  return getPage(jar, path).set('Accept-Language', 'de-CH, fr;q=0.9, *;q=0.1');
}

describe('the language of a page', () => {
  it("is the browser's if nobody is known yet, and the answer says so", async () => {
    const { text, headers } = await german(testApp().agent()).expect(200);
    expect(text).to.include('<html lang="de" dir="ltr">').and.include('<h1>Anmelden</h1>');
    expect(headers['content-language']).to.equal('de');
    expect(headers.vary).to.equal('Accept-Language, Accept');
  });

  it('is English if the browser wishes nothing, or nothing that is there', async () => {
    const jar = testApp().agent();
    for (const wish of ['', '*', 'eo, tlh', 'de;q=0']) {
      const { headers } = await getPage(jar, '/auth/login').set('Accept-Language', wish).expect(200);
      expect(headers['content-language'], wish).to.equal('en');
    }
  });

  it('turns from right to left in Arabic', async () => {
    const { text } = await getPage(testApp().agent(), '/auth/login').set('Accept-Language', 'ar-EG');
    expect(text).to.include('<html lang="ar" dir="rtl">');
  });

  for (const wish of [
    '__proto__',
    'constructor',
    'hasOwnProperty;q=1',
    'a-'.repeat(5000),
    ','.repeat(9000),
    '💥',
    'de;q=x',
  ]) {
    it(`breaks nothing if the browser sends ${JSON.stringify(wish.slice(0, 20))}`, async () => {
      const header = Buffer.from(wish).toString('latin1');
      const { text } = await getPage(testApp().agent(), '/auth/login').set('Accept-Language', header).expect(200);
      expect(text).to.match(/<html lang="(en|de)"/);
    });
  }

  it("is the user's own from the password on, also while the directory is down", async () => {
    const { agent, people } = appOf('sv-SE');
    const jar = agent();
    await postForm(jar, '/auth/login', ADA).expect(303);
    people.isDown = true;
    const { text, headers } = await german(jar, '/auth/code').expect(200);
    expect(text).to.include('<h1>Ange din kod</h1>');
    expect(headers['content-language']).to.equal('sv');
    await postForm(jar, '/auth/code', { code: 'x' }).expect(303);
    const wrong = await german(jar, '/auth/code').expect(200);
    expect(wrong.text).to.include('Koden har 6 siffror.');
  });

  it("is the browser's if the user's is not there", async () => {
    const { agent } = appOf('eo');
    const jar = agent();
    await postForm(jar, '/auth/login', ADA).expect(303);
    expect((await german(jar, '/auth/code')).headers['content-language']).to.equal('de');
  });

  for (const locale of [null, 5, '', '__proto__', 'constructor', { tag: 'de' }]) {
    it(`breaks nothing if the user's is ${JSON.stringify(locale)}`, async () => {
      const { agent, transport } = appOf(locale);
      const jar = agent();
      await postForm(jar, '/auth/login', ADA).expect(303);
      expect((await german(jar, '/auth/code').expect(200)).headers['content-language']).to.equal('de');
      await postJson(jar, '/auth/code', { code: transport.lastCode() }).expect(200);
    });
  }

  it("is the user's if the app signs people in by itself, but never the last user's", async () => {
    let username = 'ada';
    const currentUser = () => ({ username });
    const { agent } = appOf('fr', { currentUser, loginUrl: '/login' });
    const jar = agent();
    expect((await german(jar, '/auth/code')).headers['content-language']).to.equal('fr');
    await postJson(jar, '/auth/code/send').expect(200);
    expect((await german(jar, '/auth/code')).headers['content-language']).to.equal('fr');
    username = 'grace';
    expect((await german(jar, '/auth/number')).headers['content-language']).to.equal('de');
  });
});

describe('the language of the SMS', () => {
  it("is the user's own", async () => {
    const { agent, transport } = appOf('es-MX');
    await postJson(agent(), '/auth/login', ADA).set('Accept-Language', 'de').expect(200);
    expect(transport.messages[0]?.text).to.match(/^\d{6} es su codigo para iniciar sesion en this site\./);
  });

  it("is the browser's if the user has none, as on the page", async () => {
    const { agent, transport } = appOf(undefined);
    await postJson(agent(), '/auth/login', ADA).set('Accept-Language', 'eo, de;q=0.5').expect(200);
    expect(transport.messages[0]?.text).to.match(/^\d{6} ist Ihr Code für die Anmeldung bei this site\./);
  });

  it("is the user's own in the notice of a changed number, whoever has changed it", async () => {
    const { otp, transport } = appOf('ar', { appName: 'Tea' });
    await otp.phones.add('id-ada', '+46701740699');
    // Waits for what is under way.
    await otp.close();
    expect(transport.messages.at(-1)?.text).to.match(/^أُضيف رقم هاتف إلى حسابك في Tea\./);
  });

  it('is in the words of the app', async () => {
    const messages = { en: { sms: { 'sign-in': { full: 'Hi! {code} is for {app}.' } } } };
    const { agent, transport } = appOf(undefined, { messages, appName: 'Tea' });
    await postJson(agent(), '/auth/login', ADA).expect(200);
    expect(transport.messages[0]?.text).to.match(/^Hi! \d{6} is for Tea\.\n\n@127\.0\.0\.1 #\d{6}$/);
  });
});

describe('a page of the app', () => {
  it('is what the function gives, which is told a fixed list and the language', async () => {
    const given: unknown[] = [];
    const views: SmsOtpOptions['views'] = {
      login: (locals, locale) => {
        given.push(locals, locale.tag);
        return html`<p>${locale.pages.loginTitle} at ${locals.appName}: ${locals.username}</p>`;
      },
    };
    const jar = testApp({ options: { views, appName: '<Bank>' } }).agent();
    const query = '/auth/login?returnTo=/x&cache=1&settings[view options][client]=1&__proto__[x]=1';
    const { text, headers } = await german(jar, query).expect(200);
    expect(text).to.equal('<p>Anmelden at &lt;Bank&gt;: </p>');
    expect(headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(headers['content-security-policy']).to.include("default-src 'none'");
    expect(given[0]).to.have.keys('appName', 'urls', 'returnTo', 'username', 'form');
    expect(given[1]).to.equal('de');
  });

  it('is awaited, and told what went wrong', async () => {
    const views = { login: async ({ error }: { error?: { code: string } }) => `<p>${error?.code}</p>` };
    const jar = testApp({ options: { views } }).agent();
    const { text } = await postForm(jar, '/auth/login', { ...ADA, password: 'x' }).expect(401);
    expect(text).to.equal('<p>INVALID_CREDENTIALS</p>');
  });

  it('is what the template gives, with the locals and the language', async () => {
    const jar = appOf(undefined, { views: { login: 'my/login', error: 'oops' } }, useEngine).agent();
    const { text } = await german(jar, '/auth/login?returnTo=/x');
    expect(text).to.equal('my/login: appName,form,locale,returnTo,urls,username de');
  });

  it('does not take the others with it if it fails', async () => {
    const views = {
      login: () => {
        throw new Error('a broken view');
      },
    };
    const jar = testApp({ options: { views } }).agent();
    await getPage(jar, '/auth/login').expect(500);
    const refused = await postForm(jar, '/auth/login', { ...ADA, password: 'x' }).expect(401);
    expect(refused.text).to.include('<title>Error: Something went wrong');
    await postForm(jar, '/auth/login', ADA).expect(303);
    await getPage(jar, '/auth/code').expect(200);
  });
});

describe('the styles of the app', () => {
  it('are a stylesheet after ours, found also behind a proxy that strips a path', async () => {
    const jar = testApp({ options: { styles: '/login.css', publicPath: '/app' } }).agent();
    const { text } = await getPage(jar, '/auth/login');
    const links = Array.from(text.matchAll(/<link rel="stylesheet" href="([^"]+)">/g), ([, href]) => href);
    expect(links).to.deep.equal(['/app/auth/assets/sms-otp.css', '/app/login.css']);
  });

  it('are values in a stylesheet of ours, which the policy of the page lets in', async () => {
    const jar = testApp({ options: { styles: { accent: '#0b6e4f' } } }).agent();
    const { text, headers } = await getPage(jar, '/auth/login');
    expect(text).to.include('<link rel="stylesheet" href="/auth/assets/own.css">');
    expect(headers['content-security-policy']).to.include("style-src 'self'");
    const css = await jar.get('/auth/assets/own.css').expect(200).expect('Content-Type', 'text/css; charset=utf-8');
    expect(css.text).to.include('--sms-otp-accent: #0b6e4f;');
    expect(css.headers['x-content-type-options']).to.equal('nosniff');
  });

  it('leave no trace if there are none', async () => {
    const jar = testApp().agent();
    const { text } = await getPage(jar, '/auth/login');
    expect(text.match(/rel="stylesheet"/g)).to.have.length(1);
    await jar.get('/auth/assets/own.css').expect(401);
  });
});

/** A template engine that tells what it was given by us. */
function useEngine(app: Express): void {
  class View {
    readonly path: string;

    constructor(name: string) {
      this.path = name;
    }

    render(options: Record<string, unknown>, done: (error: unknown, html: string) => void): void {
      const { settings: _, _locals, cache, ...locals } = options;
      const { tag } = locals.locale as { tag: string };
      done(null, `${this.path}: ${Object.keys(locals).sort()} ${tag}`);
    }
  }
  app.set('view', View);
}
