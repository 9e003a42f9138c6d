import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { en } from '../../lib/locales/en.ts';
import { useBrowser } from '../support/browser.ts';
import { ldifPerson } from '../support/ldif-people.ts';
import { requirePeer } from '../support/peers.ts';
import { openSite, type Site, typeCode, typePassword } from '../support/site.ts';
import { type Slapd, startSlapd } from '../support/slapd.ts';

interface Meant {
  readonly value: string;
  readonly number: string;
  /** The text that is read aloud. */
  readonly spoken: string;
  /** The attribute c of the entry. */
  readonly country?: string;
}

const MEANT: readonly Meant[] = [
  { value: "'0701740605", number: '+46701740605', spoken: 'ending in 0 6 0 5.' },
  { value: 'Mobil: 070-174 06 06', number: '+46701740606', spoken: 'ending in 0 6 0 6.' },
  { value: '＋46701740607', number: '+46701740607', spoken: 'ending in 0 6 0 7.' },
  { value: '\u202a+46701740608\u202c', number: '+46701740608', spoken: 'ending in 0 6 0 8.' },
  { value: '(+46) 70 174 06 09', number: '+46701740609', spoken: 'ending in 0 6 0 9.' },
  { value: '00 46 70 174 06 10', number: '+46701740610', spoken: 'ending in 0 6 1 0.' },
  { value: 'tel:070-174-06-11;phone-context=+46', number: '+46701740611', spoken: 'ending in 0 6 1 1.' },
  { value: '46701740612', number: '+46701740612', spoken: 'ending in 0 6 1 2.' },
  { value: '+46\u202f70\u202f174\u202f06\u202f13', number: '+46701740613', spoken: 'ending in 0 6 1 3.' },
  { value: '+52 1 55 1234 5678', number: '+525512345678', spoken: 'ending in 5 6 7 8 (Mexico).' },
  { value: '491713920000', number: '+491713920000', spoken: 'ending in 0 0 0 0 (Germany).', country: 'DE' },
  { value: '0011 65 8123 4567', number: '+6581234567', spoken: 'ending in 4 5 6 7 (Singapore).', country: 'AU' },
];
const NOT_MEANT = [
  '070-174 06 05 / 06',
  '+1 (201) 555-0123 x321',
  '491711234567',
  '47110',
  '2026-11-30',
  '46701740605.0',
];
const TWO_ALIKE = ['+46 70 174 06 05', '+46 73 123 06 05'];

describe('a sign-in with the number that a directory means', function () {
  this.timeout(60_000);

  const browser = useBrowser();
  let slapd: Slapd;
  let store: LdapUserStore;
  let site: Site;
  let warnings: string[];

  before(async function () {
    requirePeer(this, 'slapd');
    slapd = await startSlapd(
      [
        ...MEANT.map(({ value, country }, place) => entry(`meant${place}`, [value], country)),
        ...NOT_MEANT.map((value, place) => entry(`lost${place}`, [value])),
        entry('alike', TWO_ALIKE),
      ].join(''),
    );
    const { url, baseDn, bindDn, bindPassword } = slapd;
    store = new LdapUserStore({ url, baseDn, bindDn, bindPassword, countryAttribute: 'c' });
  });

  after(async () => {
    await store?.close();
    await slapd?.close();
  });

  beforeEach(async () => {
    warnings = [];
    const logger = { debug() {}, info() {}, warn: (line: string) => warnings.push(line), error() {} };
    site = await openSite(browser, { options: { userStore: store, defaultCountry: 'SE', logger } });
  });

  afterEach(async () => {
    await site.close();
    expect(site.complaints).to.deep.equal([]);
  });

  for (const [place, { value, number, spoken }] of MEANT.entries()) {
    it(`sends the code to ${number} for ${JSON.stringify(value)}, and says so aloud`, async () => {
      const page = await site.visit('/home');
      await typePassword(page, `meant${place}`, 'secret');
      await page.getByLabel('Code').waitFor();
      expect(await readAloud(page))
        .to.include(`We sent a code by text message to the number ${spoken}`)
        .and.not.include('•');
      expect(site.transport.messages.map(({ to }) => to)).to.deep.equal([number]);
      await typeCode(page, site.transport.lastCode(number));
      await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    });
  }

  for (const [place, value] of NOT_MEANT.entries()) {
    it(`sends nothing for ${JSON.stringify(value)}, and tells the person and the log`, async () => {
      const page = await site.visit('/home');
      await typePassword(page, `lost${place}`, 'secret');
      await page.getByText(en.pages.noUsableNumber).waitFor();
      expect(site.transport.messages).to.deep.equal([]);
      const id = (await store.findUser({ username: `lost${place}` }))?.id ?? '';
      expect(
        warnings.filter((line) => line.includes(`user ${id}, attribute phoneNumberVerified, reason `)),
      ).to.have.length(1);
      // The id is a UUID, and may well end in digits.
      expect(warnings.join().replaceAll(id, 'ID')).to.not.match(/\d{5}/).and.not.include('lost');
    });
  }

  it('offers two numbers that end alike so that both can be told, seen and heard', async () => {
    const page = await site.visit('/home');
    await typePassword(page, 'alike', 'secret');
    await page.getByRole('heading', { name: en.pages.numberTitle }).waitFor();
    expect(await page.getByText('••• 0605').allInnerTexts()).to.deep.equal([
      'Send a code to •••\u00a00605 (first)',
      'Send a code to •••\u00a00605 (second)',
    ]);
    const aloud = await readAloud(page);
    for (const which of ['first', 'second']) {
      expect(aloud).to.include(`Send a code to the number ending in 0 6 0 5 (${which})`);
    }
    await page.getByRole('button', { name: '(second)' }).click();
    await page.getByLabel('Code').waitFor();
    expect(site.transport.messages.map(({ to }) => to)).to.deep.equal(['+46731230605']);
    expect(await readAloud(page)).to.include('the number ending in 0 6 0 5 (second).');
  });
});

/** With values of any script, which `mobile` may not hold. */
function entry(uid: string, values: readonly string[], country?: string): string {
  const lines = values.map((value) => `phoneNumberVerified:: ${Buffer.from(value).toString('base64')}\n`);
  const home = country === undefined ? '' : `objectClass: extensibleObject\nc: ${country}\n`;
  return `${ldifPerson(uid, 'Somebody Else', 'secret')}${lines.join('')}${home}`;
}

/** All that Chromium gives to a screen reader. */
async function readAloud(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes.flatMap(({ ignored, name }) => (ignored ? [] : [String(name?.value ?? '')])).join('\n');
}
