import { expect } from 'chai';
import { en } from '../../lib/locales/en.ts';
import { support } from '../../lib/pages/support.ts';
import { ISSUED, SUPPORT_SAMPLES, SUPPORTED } from './support-samples.ts';

describe('the page for support', () => {
  it('says in short what keeps a person from a code, and what became of the last message', () => {
    const [, short = ''] = /<h2>In short<\/h2>(.*?)<h2>/s.exec(SUPPORT_SAMPLES['support for a person'] ?? '') ?? [];
    expect(Array.from(short.matchAll(/<li>(.*?)<\/li>/g), ([, line]) => line)).to.deep.equal([
      'Locked after too many wrong codes: no code is sent until somebody unlocks.',
      'The last message, to ••• 0605: delivered, late: after 7 min.',
      'Since then: A code was not taken: a wrong code, or one of an earlier SMS.',
    ]);
  });

  it('says why each value of the directory gets no code', () => {
    const text = SUPPORT_SAMPLES['support for a person'] ?? '';
    expect(text).to.include('<strong>••• 0605</strong> in mobile: codes go there.');
    expect(text).to.include('<strong>A value</strong> in telephoneNumber: cannot be read: it has an extension');
    expect(text).to.include('<strong>••• 0123 (US)</strong>: gets no code: its country is not in allowedCountries.');
  });

  it('says that no number can get a code, and who has locked the person', () => {
    const report = SUPPORTED.report;
    if (report === undefined) throw new Error('There is a report.');
    const one = support(
      { ...SUPPORTED, report: { ...report, numbers: report.numbers.slice(1), lock: 'administrator' } },
      en,
    );
    expect(one).to.include('No number of this person can get a code; each says why below.');
    expect(one).to.include('Locked by an administrator: no code is sent until somebody unlocks.');
  });

  it('shows what it has no words for as it is', () => {
    const text = SUPPORT_SAMPLES['support for a person'] ?? '';
    expect(text).to.include('anEventOfTomorrow: OF_A_REASON.');
    expect(text).to.include('not delivered (the network&#39;s reason: 011).');
    expect(text).to.include('sign-in, sent again, by smsc1, north');
  });

  it('shows each SMSC, and escapes what a person may be called', () => {
    const report = SUPPORTED.report && { ...SUPPORTED.report, person: { username: '<b>', displayName: '"&\'' } };
    const text = support({ ...SUPPORTED, ...(report && { report }) }, en);
    expect(text).to.include('<strong>SMSC smsc2</strong>: down since <time datetime="2026-01-01T09:00:00.000Z">');
    expect(text).to.include('&lt;b&gt;').and.include('&quot;&amp;&#39;').and.not.include('<b>');
  });

  it('says what stands in place of a code by SMS, and why it was not taken', () => {
    const text = SUPPORT_SAMPLES['support for a person'] ?? '';
    expect(text).to.include('<dt>Trusted browsers</dt>\n<dd><bdi>2</bdi></dd>');
    expect(text).to.include('<dt>Recovery codes left</dt>\n<dd><bdi>7</bdi></dd>');
    expect(text).to.include('A help code or a recovery code was not taken: it was wrong, used, over, or never issued.');
    expect(text).to.include('The trust in a browser has ended: a token that had been replaced was used again');
  });

  it('has buttons for what is on, and a help code only for somebody whom the directory knows', () => {
    const buttons = (page: string) => Array.from(page.matchAll(/<button[^>]*>(.*?)<\/button>/g), ([, text]) => text);
    const all = ['Unlock', 'End all sign-ins', 'End trusted browsers', 'Make recovery codes worthless'];
    const search = ['Find by name', 'Find by id'];
    expect(buttons(support(SUPPORTED, en))).to.deep.equal([...all, 'Issue a help code', ...search]);
    const { report, urls } = SUPPORTED;
    const gone = { ...SUPPORTED, ...(report && { report: { ...report, directory: 'nobody' as const } }) };
    expect(buttons(support(gone, en))).to.deep.equal([...all, ...search]);
    const { helpCode: _, endBrowsers: __, resetRecoveryCodes: ___, ...few } = urls;
    expect(buttons(support({ ...SUPPORTED, urls: few }, en))).to.deep.equal([...all.slice(0, 2), ...search]);
  });

  it('lets an agent permit a new number only if people can enter one', () => {
    expect(support(SUPPORTED, en)).to.include('name="mayReplaceNumber"');
    expect(support({ ...SUPPORTED, canReplaceNumber: false }, en)).not.to.include('name="mayReplaceNumber"');
  });

  it('shows a help code once, and says whether the person is told of it', () => {
    expect(support(ISSUED, en)).to.include('<code dir="ltr">7QK2M-4XC0Z</code>').and.include('told by SMS that it was');
    const report = ISSUED.report && { ...ISSUED.report, numbers: ISSUED.report.numbers.slice(1) };
    const untold = support({ ...ISSUED, ...(report && { report }) }, en);
    expect(untold).to.include('<p class="error">Nobody is told by SMS').and.not.include('told by SMS that it was');
  });
});
