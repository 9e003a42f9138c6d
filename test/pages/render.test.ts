import { expect } from 'chai';
import type { SmsOtpErrorCode } from '../../lib/errors.ts';
import { ar } from '../../lib/locales/ar.ts';
import { en } from '../../lib/locales/en.ts';
import { LANGUAGES, Languages } from '../../lib/locales/languages.ts';
import { ASSETS } from '../../lib/pages/assets.ts';
import { createRender } from '../../lib/pages/render.ts';
import type { CommonLocals } from '../../lib/views.ts';
import {
  ACCOUNT,
  CODE,
  COMMON,
  ENROLL,
  LOGIN,
  NUMBER,
  PENDING,
  render,
  SAMPLES,
  SEND,
  WITHOUT_PHONE,
} from './sample-pages.ts';

describe('every page', () => {
  for (const [name, page] of Object.entries(SAMPLES)) {
    describe(`with ${name}`, () => {
      it('is a whole document with its language, its name and no place in a search engine', () => {
        expect(page).to.match(/^<!doctype html>\n<html lang="en" dir="ltr">/);
        expect(page).to.match(/<title>[^<]+ – Example Bank<\/title>/);
        expect(page).to.include('<meta name="viewport" content="width=device-width, initial-scale=1">');
        expect(page).to.include('<meta name="robots" content="noindex">');
      });

      it('has one heading of the first rank, and neither script nor style in it', () => {
        expect(page.match(/<h1>/g)).to.have.length(1);
        expect(page).to.not.match(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=/);
      });

      it('fills in all its words, and quotes all its attributes', () => {
        expect(page.replace(/ data-text="[^"]*"/g, '')).to.not.match(/\{\w+\}|undefined|\[object/);
        expect(page).to.not.match(/<[^>"]*\s\w+=[^"]/);
      });

      it('carries on where the sign-in leads, in each form but the one that ends it', () => {
        const forms = page.split('<form').slice(1);
        const forgetful = forms.filter((form) => !form.includes('name="returnTo" value="/dashboard?tab=1"'));
        for (const form of forgetful) expect(form).to.include('action="/auth/logout"');
      });
    });
  }

  it('speaks the language that it is given, from right to left if that is its way', async () => {
    const pages = { ...en.pages, loginTitle: 'Einloggen' };
    const locale = { ...en, tag: 'ar', dir: 'rtl', pages } as const;
    const page = await createRender(() => locale)('login', LOGIN, []);
    expect(page).to.have.property('language', 'ar');
    expect(page)
      .to.have.property('html')
      .which.includes('<html lang="ar" dir="rtl">')
      .and.include('<h1>Einloggen</h1>');
  });

  it('keeps the order of a masked number in text that goes from right to left', async () => {
    const renderArabic = createRender(() => ar);
    for (const page of [
      await renderArabic('code', CODE, []),
      await renderArabic('code', SEND, []),
      await renderArabic('number', NUMBER, []),
      await renderArabic('account', ACCOUNT, []),
    ]) {
      expect(page)
        .to.have.property('html')
        .which.is.a('string')
        .and.to.match(/\u2066•••\s060\d\u2069/)
        .and.not.match(/[^\u2066]•••/);
    }
  });

  for (const code of Object.keys(en.errors) as SmsOtpErrorCode[]) {
    it(`tells of ${code}`, async () => {
      const locals: CommonLocals = { ...COMMON, error: { code } };
      const pages = [
        render('login', { ...LOGIN, ...locals }),
        render('number', { ...NUMBER, ...locals }),
        render('code', { ...SEND, ...locals }),
        render('code', { ...CODE, ...locals }),
        render('enroll', { ...ENROLL, ...locals }),
        render('account', { ...ACCOUNT, ...locals }),
        render('error', locals),
      ];
      for (const page of await Promise.all(pages)) {
        expect(page.split(`<p class="error" id="error" role="alert">${en.errors[code]}</p>`)).to.have.length(2);
      }
    });
  }

  it('says how long to wait if that is known', async () => {
    const page = await render('error', { ...COMMON, error: { code: 'TOO_MANY_SENDS', retryAfterSeconds: 1740 } });
    expect(page).to.include('Please wait 29\u00a0minutes.');
  });
});

describe('the login page', () => {
  it('lets a password manager do its work', async () => {
    const page = await render('login', LOGIN);
    expect(page).to.match(/<input id="username" name="username" [^>]*autocomplete="username"/);
    expect(page).to.match(/<input id="password" name="password" type="password" autocomplete="current-password"/);
  });

  it('begins with the username, and with the password if the name is there', async () => {
    const begun = await render('login', { ...LOGIN, username: 'ada' });
    expect(await render('login', LOGIN)).to.match(/id="username"[^>]* autofocus>/);
    expect(begun)
      .to.include('value="ada"')
      .and.match(/id="password"[^>]* autofocus>/);
    expect(begun.match(/ autofocus/g)).to.have.length(1);
  });

  it('says of a wrong password with which fields it is, and not which of the two was wrong', async () => {
    const page = await render('login', { ...LOGIN, error: { code: 'INVALID_CREDENTIALS' } });
    expect(page.match(/aria-describedby="error" aria-invalid="true"/g)).to.have.length(2);
    const down = await render('login', { ...LOGIN, error: { code: 'DIRECTORY_UNAVAILABLE' } });
    expect(down).to.include('aria-describedby="error"').and.not.include('aria-invalid');
  });

  it('has no field for a destination if there is none', async () => {
    const { returnTo: _, ...locals } = LOGIN;
    expect(await render('login', locals)).to.not.include('returnTo');
  });
});

const SENT_TO_0606 =
  '<span aria-hidden="true">Send a code to •••\u00a00606</span><span class="unseen">Send a code to the number ending in 0 6 0 6</span>';

describe('a masked number', () => {
  const page = (tag: string, ...phones: readonly string[]) =>
    createRender(languages.choose.bind(languages))(
      'number',
      { ...NUMBER, numbers: phones.map((phone, number) => ({ number, phone })) },
      [tag],
    );
  const languages = new Languages(LANGUAGES);

  it('has its country and its place in the words of the language', async () => {
    for (const [tag, texts] of [
      ['en', ['•••\u00a00605 (Norway, first)<', 'ending in 0 6 0 5 (Norway, second)<', '•••\u00a00001 (no. 3)<']],
      ['de', ['•••\u00a00605 (Norwegen, erste) senden<', 'mit den Endziffern 0 6 0 5 (Norwegen, zweite) senden<']],
      ['fr', ['Envoyer un code au numéro se terminant par 0 6 0 5 (Norvège, premier)<']],
      ['es', ['Enviar un código al número que termina en 0 6 0 5 (Noruega, primero)<']],
      ['sv', ['Skicka en kod till numret som slutar på 0 6 0 5 (Norge, första)<']],
      ['ar', ['\u2066•••\u00a00605\u2069 (النرويج, الأول)<']],
    ] as const) {
      const rendered = await page(tag, '••• 0605 (NO, 1)', '••• 0605 (NO, 2)', '••• 0001 (3)');
      for (const text of texts) expect(rendered).to.have.property('html').that.includes(text);
    }
  });
});

describe('the number page', () => {
  it('has a button for each number, which sends its place in the list', async () => {
    const page = await render('number', NUMBER);
    expect(page).to.include(`<button name="number" value="0">${SENT_TO_0606}</button>`);
    expect(page).to.match(/<button name="number" value="1"><span aria-hidden="true">Send a code to •••\u00a00607</);
  });

  it('says at a step-up why a code is asked for, and leads back without a sign-out', async () => {
    const page = await render('number', { ...NUMBER, purpose: 'step-up', signedInAs: 'Grace', back: '/dashboard' });
    expect(page).to.include(en.pages.stepUpTitle).and.to.include(en.pages.stepUpIntro);
    expect(page).to.include(`<a href="/dashboard">${en.pages.backToSite}</a>`).and.not.include(en.pages.signOut);
  });

  it('says if something in place of a code is not enough', async () => {
    const page = await render('number', { ...NUMBER, purpose: 'step-up', isSmsNeeded: true, back: '/' });
    expect(page).to.include(en.pages.smsNeeded).and.not.include(en.pages.stepUpIntro);
  });
});

describe('the code page', () => {
  it('has one field, which a phone fills from the SMS', async () => {
    const page = await render('code', CODE);
    expect(page.match(/autocomplete="one-time-code"/g)).to.have.length(1);
    expect(page).to.match(/<label for="code">/);
    expect(page).to.match(/<input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code"/);
    expect(page).to.include('6 digits · 5 attempts left');
  });

  it('says where the code went, how long it lives and when it can be sent again', async () => {
    const page = await render('code', { ...CODE, pending: { ...PENDING, resendInSeconds: 27 } });
    expect(page).to.include('We sent a code by text message to •••\u00a00605.');
    expect(page).to.include('>The code is valid for 5\u00a0minutes.</p>');
    expect(page).to.include('>You can send it again in 27\u00a0seconds.</p>');
  });

  for (const [delivery, text] of [
    ['queued', en.pages.deliveryQueued],
    ['accepted', en.pages.deliveryAccepted],
    ['delivered', en.pages.deliveryDelivered],
    ['failed', en.pages.deliveryFailed],
    ['unknown', en.pages.deliveryUnknown],
  ] as const) {
    it(`says what became of an SMS that is ${delivery}`, async () => {
      const page = await render('code', { ...CODE, pending: { ...PENDING, delivery } });
      expect(page).to.match(new RegExp(`role="status" data-delivery="${delivery}"[^>]*>${text}</p>`));
    });
  }

  it('names the link to another number if an SMS was lost, and if there is one', async () => {
    const lost = { ...CODE, pending: { ...PENDING, delivery: 'failed' as const } };
    const choice = 'Send it again, or choose “Use another number”.</p>';
    expect(await render('code', lost))
      .to.include('Send it again.</p>')
      .and.not.include(choice);
    const page = await render('code', { ...lost, otherNumber: '/auth/number' });
    expect(page).to.include(choice).and.include('>Use another number</a>');
  });

  it('has ready, but hidden, what the script shows when the code is over', async () => {
    const page = await render('code', CODE);
    expect(page).to.include(`<p class="error" tabindex="-1" data-over hidden>${en.pages.expired}</p>`);
    expect(page).to.include('<button class="secondary" data-new="Send a new code">Send the code again</button>');
  });

  it('joins what it says without a sign or a blank that a language has not', async () => {
    const change = { ...CODE, purpose: 'change', change: { add: '••• 0650' } } as const;
    expect(await render('code', change)).to.match(/<strong>Add a number<br>/);
    const pagesIn = (tag: string) =>
      Promise.all([render('code', { ...CODE, purpose: 'enroll' }, tag), render('withoutPhone', WITHOUT_PHONE, tag)]);
    for (const page of await pagesIn('ja')) expect(page).to.not.match(/。 /);
    for (const page of await pagesIn('fr')) expect(page).to.match(/\. [A-Z]/);
  });

  it('keeps the number to itself if it is not known', async () => {
    const { phone: _, ...locals } = CODE;
    expect(await render('code', locals)).to.include('We sent a code by text message to •••.');
  });

  for (const code of ['INVALID_CODE', 'BAD_REQUEST'] as const) {
    it(`shows ${code} at the field`, async () => {
      const page = await render('code', { ...CODE, error: { code } });
      expect(page).to.match(
        /<label for="code">Code<\/label>\n<p class="error" id="error"[^>]*>.*\n<input id="code"[^>]* aria-describedby="error hint" aria-invalid="true">/,
      );
    });
  }

  it('shows what the code is not to blame for above, and the field has it read aloud, too', async () => {
    const page = await render('code', { ...CODE, error: { code: 'TOO_MANY_SENDS' } });
    expect(page).to.match(/<\/h1>\n<p class="error" id="error"/);
    expect(page).to.match(/<input id="code"[^>]* aria-describedby="error hint">/);
  });

  for (const [purpose, title, intro] of [
    ['sign-in', en.pages.codeTitle, 'We sent a code by text message to •••\u00a00605.'],
    ['step-up', en.pages.stepUpTitle, 'We sent a code by text message to •••\u00a00605.'],
    ['enroll', en.pages.enrollTitle, en.pages.enrollCodeIntro],
    ['change', en.pages.changeTitle, en.pages.changeIntro.replace('{phone}', '•••\u00a00605')],
  ] as const) {
    it(`says what a code is for: ${purpose}`, async () => {
      const page = await render('code', { ...CODE, purpose });
      expect(page).to.include(`<h1>${title}</h1>`).and.include(intro);
    });
  }

  it('leads to another number if there is one', async () => {
    const link = `<a href="/auth/number">${en.pages.anotherNumber}</a>`;
    expect(await render('code', { ...CODE, otherNumber: '/auth/number' })).to.include(link);
    expect(await render('code', { ...SEND, otherNumber: '/auth/number' })).to.include(link);
    expect(await render('code', CODE)).to.not.include(en.pages.anotherNumber);
  });

  it('offers a new code, and no field, if no try is left', async () => {
    const page = await render('code', { ...CODE, pending: { ...PENDING, attemptsRemaining: 0 } });
    expect(page).to.include(en.pages.noAttemptsRemaining).and.include('<button>Send a new code</button>');
    expect(page).to.not.include('name="code"');
  });

  it('says of the last wrong code only that no try is left', async () => {
    const error = { code: 'INVALID_CODE', attemptsRemaining: 0 } as const;
    const page = await render('code', { ...CODE, error, pending: { ...PENDING, attemptsRemaining: 0 } });
    expect(page).to.include(`<p class="error" id="error" role="alert">${en.pages.noAttemptsRemaining}</p>`);
    expect(page).to.not.include(en.errors.INVALID_CODE);
  });

  it('offers to send the first code, in the words of its purpose', async () => {
    const signIn = await render('code', SEND);
    expect(signIn).to.include('<h1>Enter your code</h1>').and.include(en.pages.sendIntro);
    expect(signIn).to.include('<button><span aria-hidden="true">Send a code to •••\u00a00605</span>');
    expect(signIn).to.include('<span class="unseen">Send a code to the number ending in 0 6 0 5</span></button>');
    const stepUp = await render('code', { ...SEND, purpose: 'step-up' });
    expect(stepUp).to.include('<h1>Confirm that it is you</h1>').and.include(en.pages.stepUpIntro);
  });

  it('offers the same if the number is not known', async () => {
    const { phone: _, ...locals } = SEND;
    expect(await render('code', locals)).to.include('<button>Send a code</button>');
  });

  it('lets the script press the button, but not after an error', async () => {
    expect(await render('code', SEND)).to.include(' data-press');
    expect(await render('code', { ...SEND, error: { code: 'CODE_EXPIRED' } })).to.not.include(' data-press');
  });
});

describe('the page for a number', () => {
  it('has one field, which a phone knows how to fill, and keeps what was typed', async () => {
    const page = await render('enroll', { ...ENROLL, phone: '070 174' });
    expect(page).to.match(
      /<input id="phone" name="phone" type="tel" value="070 174" autocomplete="tel" [^>]*autofocus>/,
    );
    expect(page)
      .to.include('action="/auth/enroll"')
      .and.include('for example +46\u00a070\u00a0174\u00a006\u00a050.</p>');
  });

  for (const code of ['PHONE_NOT_ACCEPTED', 'BAD_REQUEST'] as const) {
    it(`shows ${code} at the field`, async () => {
      for (const page of [
        await render('enroll', { ...ENROLL, error: { code } }),
        await render('account', { ...ACCOUNT, error: { code } }),
      ]) {
        expect(page).to.match(
          /<\/label>\n<p class="error" id="error"[^>]*>.*\n<input id="phone"[^>]* aria-describedby="error hint" aria-invalid="true" autofocus>/,
        );
      }
    });
  }

  it('says after a refusal whose numbers are taken', async () => {
    const refused = await render('enroll', { ...ENROLL, error: { code: 'PHONE_NOT_ACCEPTED' } });
    expect(refused).to.match(/<p class="hint" id="hint">[^<]* We accept numbers from Sweden and Norway\.<\/p>/);
    expect(await render('enroll', ENROLL)).to.not.include('Sweden');
  });

  it('shows what the number is not to blame for above', async () => {
    const page = await render('enroll', { ...ENROLL, error: { code: 'SMS_UNAVAILABLE' } });
    expect(page)
      .to.match(/<\/h1>\n<p class="error" id="error"/)
      .and.not.include('aria-invalid');
  });
});

describe('the page for a number of somebody who is signed in', () => {
  it('leads back without a sign-out', async () => {
    const page = await render('enroll', { ...ENROLL, signedInAs: 'Alan', back: '/dashboard' });
    expect(page).to.include(`<a href="/dashboard">${en.pages.backToSite}</a>`).and.not.include(en.pages.signOut);
  });
});

describe('the account page', () => {
  it('names each number, and removes the one whose button is pressed', async () => {
    const page = await render('account', ACCOUNT);
    expect(page).to.include('action="/auth/account/phones/remove"').and.include('action="/auth/account/phones"');
    expect(page).to.match(/<li><span aria-hidden="true">•••\u00a00606<.*<button class="link" name="number" value="0"/);
    expect(page).to.include('name="number" value="1" aria-label="Remove the number ending in 0 6 0 7">Remove</button>');
  });

  it('says at the field that a number is there already', async () => {
    const page = await render('account', { ...ACCOUNT, error: { code: 'CONFLICT', words: 'alreadyYours' } });
    expect(page).to.match(
      /role="alert">You have this number already\.<\/p>\n<input id="phone"[^>]* aria-invalid="true"/,
    );
  });

  it('says who is signed in, escaped, and signs out', async () => {
    const page = await render('account', { ...ACCOUNT, signedInAs: '<ada>' });
    expect(page).to.include('<p>Signed in as <strong><bdi>&lt;ada&gt;</bdi></strong></p>');
    expect(page).to.match(/action="\/auth\/logout">\n<button class="link">Sign out<\/button>/);
  });

  it('tells above what went wrong if there is no field', async () => {
    const page = await render('account', { ...ACCOUNT, mayAdd: false, error: { code: 'BAD_REQUEST' } });
    expect(page).to.match(/<\/h1>\n<p class="error" id="error"/);
  });

  it('keeps the last number, and says why', async () => {
    const page = await render('account', { ...ACCOUNT, numbers: NUMBER.numbers.slice(1) });
    expect(page).to.include(en.pages.lastNumber).and.not.include('name="number"');
  });

  it('only shows the numbers if nothing may be changed', async () => {
    const page = await render('account', { ...ACCOUNT, mayChange: false, mayAdd: false });
    expect(page).to.include('•••\u00a00606').and.include('action="/auth/account/sign-out-everywhere"');
    expect(page).to.not.include('name="number"').and.not.include('name="phone"');
    expect(page).to.not.include(en.pages.lastNumber);
  });

  it('says at the numbers, and not at the field for a new one, that a code is needed', async () => {
    const locals = { ...ACCOUNT, mayChange: false, mayAdd: false, mayReplaceNumber: true, confirm: '/auth/code' };
    const page = await render('account', locals);
    const order = ['aria-labelledby="numbers"', en.pages.smsNeeded, en.pages.addNumber, en.pages.numberReplaceable];
    const places = order.map((text) => page.indexOf(text));
    expect(places).to.not.include(-1);
    expect(places).to.deep.equal(places.toSorted((one, other) => one - other));
  });

  it('leads back to where the sign-in led', async () => {
    const { returnTo: _, ...locals } = ACCOUNT;
    expect(await render('account', ACCOUNT)).to.include(`<a href="/dashboard?tab=1">${en.pages.backToSite}</a>`);
    expect(await render('account', locals)).to.include(`<a href="/">${en.pages.backToSite}</a>`);
  });
});

describe('the error page', () => {
  it('leads to the login, or out', async () => {
    const page = await render('error', { ...COMMON, error: { code: 'SIGN_IN_REQUIRED' } });
    expect(page).to.include('href="/auth/login"').and.include('action="/auth/logout"');
    expect(page).to.include('>Start over</button>').and.not.include('Sign out');
  });

  it('leads whoever is signed in back, or out', async () => {
    const error = { code: 'METHOD_NOT_ALLOWED', location: '/dashboard' } as const;
    const page = await render('error', { ...COMMON, signedInAs: 'Ada', error });
    expect(page).to.include('<a class="button" href="/dashboard">Continue</a>');
    expect(page).to.include('>Sign out</button>').and.not.include('Start over');
  });

  it('says in fitting words what must come first', async () => {
    for (const words of ['chooseNumberFirst', 'enterNumberFirst'] as const) {
      const page = await render('error', { ...COMMON, error: { code: 'CONFLICT', words } });
      expect(page).to.include(`role="alert">${en.pages[words]}</p>`).and.not.include(en.errors.CONFLICT);
    }
  });
});

describe('the files of the pages', () => {
  it('are there, and the stylesheet is small', () => {
    expect(Object.keys(ASSETS)).to.deep.equal(['sms-otp.css', 'support.css', 'sms-otp.js']);
    expect(Buffer.byteLength(ASSETS['sms-otp.css'] ?? '')).to.be.within(1, 7 * 1024);
    expect(ASSETS['sms-otp.js']).to.not.be.empty;
  });
});
