import { expect } from 'chai';
import { de } from '../../lib/locales/de.ts';
import { en } from '../../lib/locales/en.ts';
import { createLanguages } from '../../lib/locales/own-languages.ts';

describe('own languages', () => {
  it('are beside ours', async () => {
    const languages = createLanguages({ locales: { pt: { pages: { loginTitle: 'Entrar' } } }, messages: {} });
    expect((await languages.choose(['pt-BR'])).pages.loginTitle).to.equal('Entrar');
    expect(await languages.choose(['de'])).to.deep.equal(de);
    expect(await languages.choose(['tlh'])).to.deep.equal(en);
  });

  it('are English if they say nothing', async () => {
    const locales = { ckb: { dir: 'rtl', sms: { enroll: { short: '{code}' } } } } as const;
    const { tag, dir, sms, pages, errors } = await createLanguages({ locales, messages: {} }).choose(['ckb']);
    expect({ tag, dir }).to.deep.equal({ tag: 'ckb', dir: 'rtl' });
    expect(sms).to.deep.equal({ ...en.sms, enroll: { full: en.sms.enroll.full, short: '{code}' } });
    expect(pages).to.deep.equal(en.pages);
    expect(errors).to.deep.equal(en.errors);
  });

  it('are as the closest of ours if there is one', async () => {
    const locales = { 'de-CH': { pages: { verify: 'Fortfahren' } }, de: { pages: { code: 'TAN' } } };
    const languages = createLanguages({ locales, messages: {} });
    expect((await languages.choose(['de-CH'])).pages).to.deep.equal({ ...de.pages, verify: 'Fortfahren' });
    expect((await languages.choose(['de-AT'])).pages).to.deep.equal({ ...de.pages, code: 'TAN' });
  });

  it('replace the forms of a count as a whole', async () => {
    const attemptsRemaining = { other: '{attempts}' };
    const languages = createLanguages({ locales: {}, messages: { en: { pages: { attemptsRemaining } } } });
    expect((await languages.choose(['en'])).pages.attemptsRemaining).to.deep.equal(attemptsRemaining);
  });

  it('and ours can have single texts in other words', async () => {
    const messages = {
      en: { pages: { loginTitle: 'Welcome' }, errors: { INVALID_CODE: 'Wrong.' } },
      pt: { pages: { signIn: 'Vamos' } },
    };
    const languages = createLanguages({ locales: { pt: { pages: { loginTitle: 'Entrar' } } }, messages });
    const english = await languages.choose([]);
    expect(english.pages).to.deep.equal({ ...en.pages, loginTitle: 'Welcome' });
    expect(english.errors.INVALID_CODE).to.equal('Wrong.');
    const portuguese = (await languages.choose(['pt'])).pages;
    expect([portuguese.loginTitle, portuguese.signIn]).to.deep.equal(['Entrar', 'Vamos']);
  });

  it('leave ours as they were for other instances', async () => {
    createLanguages({ locales: {}, messages: { en: { pages: { loginTitle: 'Welcome' } } } });
    const { pages } = await createLanguages({ locales: {}, messages: {} }).choose([]);
    expect(pages.loginTitle).to.equal('Sign in');
  });
});
