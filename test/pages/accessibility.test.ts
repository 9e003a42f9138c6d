/// <reference lib="dom" />
import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { LANGUAGES } from '../../lib/locales/languages.ts';
import { complaintsOf, useBrowser, violationsOn } from '../support/browser.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { SAMPLES as OURS, samplesIn } from './sample-pages.ts';
import { SUPPORT_SAMPLES } from './support-samples.ts';

const SAMPLES = { ...OURS, ...SUPPORT_SAMPLES };
const NARROW = { width: 320, height: 640 };
const PHONE = { width: 360, height: 640 };
/** Every page in every language takes minutes: a run looks at some, another run at others; `npm run matrix` at all. */
const EVERY = Number(process.env.EVERY_PAGE ?? 16);
const FIRST = Number(process.env.FIRST_PAGE ?? randomInt(EVERY));

describe('the pages in a browser', function () {
  this.timeout(EVERY === 1 ? 600_000 : 60_000);

  const browser = useBrowser();
  let server: PageServer;
  let complaints: string[];

  before(async () => {
    server = await startPageServer();
  });

  after(() => server?.close());

  afterEach(() => expect(complaints).to.deep.equal([]));

  async function open(html: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await browser.newPage(options);
    complaints = complaintsOf(page);
    await show(page, html);
    return page;
  }

  async function show(page: Page, html: string): Promise<void> {
    server.html = html;
    const [, purpose] = /data-purpose="([\w-]+)"/.exec(html) ?? [];
    // The same code is still pending: the page has no reason to lead on.
    server.facts = purpose === undefined ? {} : { purpose };
    await page.goto(server.url);
  }

  for (const [name, html] of Object.entries(SAMPLES)) {
    it(`give axe nothing to object to with ${name}, in light and in dark`, async () => {
      const page = await open(html, { colorScheme: 'light' });
      expect(await violationsOn(page)).to.deep.equal([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violationsOn(page, 'color-contrast')).to.deep.equal([]);
    });
  }

  for (const [place, { tag }] of LANGUAGES.entries()) {
    it(`give axe nothing to object to in ${tag}, and fit 320 pixels`, async () => {
      const page = await browser.newPage({ viewport: NARROW });
      complaints = complaintsOf(page);
      const found: unknown[] = [];
      for (const [index, [name, html]] of Object.entries(await samplesIn(tag)).entries()) {
        if ((index + place + FIRST) % EVERY !== 0) continue;
        await show(page, html);
        found.push(...(await violationsOn(page)).map((violation) => [name, ...violation]));
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width !== NARROW.width) found.push([name, width]);
      }
      expect(found, `FIRST_PAGE=${FIRST}`).to.deep.equal([]);
    });
  }

  it('break no word of a button beside what it removes, in any language', async () => {
    const page = await open('', { viewport: PHONE });
    for (const { tag } of LANGUAGES) {
      await show(page, (await samplesIn(tag))['an account with trusted browsers'] ?? '');
      const heights = await page
        .locator('.numbers button')
        .evaluateAll((all) => all.map((it) => it.getBoundingClientRect().height));
      expect(heights, tag).to.have.length(4);
      for (const height of heights) expect(height, tag).to.be.lessThan(60);
    }
  });

  for (const [name, html] of Object.entries(SAMPLES)) {
    it(`fit 320 pixels, also with text twice as large and words that are long, with ${name}`, async () => {
      const page = await open(html.replaceAll('Example Bank', 'W'.repeat(40)), {
        viewport: NARROW,
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(320);
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '200%';
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(320);
    });
  }

  for (const [name, html] of Object.entries(SAMPLES)) {
    it(`show where the focus is, and have nothing too small to touch, with ${name}`, async () => {
      const page = await open(html);
      const controls = page.locator('a, button:enabled, input').filter({ visible: true });
      const looks = await controls.evaluateAll((elements) =>
        elements.map((element) => {
          element.focus({ focusVisible: true } as FocusOptions);
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          const { width, height } = element.getBoundingClientRect();
          return { isSeen: outlineStyle === 'solid' && outlineWidth === '3px', isLarge: Math.min(width, height) >= 24 };
        }),
      );
      expect(looks.length).to.be.greaterThan(0);
      for (const look of looks) expect(look).to.deep.equal({ isSeen: true, isLarge: true });
    });
  }

  for (const [name, order] of [
    ['a wrong code', ['code', 'Continue', 'Send the code again', 'Start over']],
    ['an SMS that was lost', ['code', 'Continue', 'Send the code again', 'Use another number', 'Start over']],
    ['the account', ['', 'Remove', 'Remove', 'phone', 'Add', 'Sign out everywhere', 'Back to the site', 'Sign out']],
  ] as const) {
    it(`are walked through by keyboard in the order that they are read in, with ${name}`, async () => {
      const page = await open(SAMPLES[name] ?? '');
      const focused = () =>
        page.evaluate(() => {
          const { activeElement, body } = document;
          return activeElement === body ? '' : activeElement?.textContent || activeElement?.id;
        });
      if (order[0] !== '') await page.locator(':focus').waitFor();
      const walked = [await focused()];
      while (walked.length < order.length) {
        await page.keyboard.press('Tab');
        walked.push(await focused());
      }
      expect(walked).to.deep.equal(order);
    });
  }

  it('have read aloud with a field that takes the focus what stands above it', async () => {
    const page = await open('');
    for (const [name, html] of Object.entries(OURS)) {
      await show(page, html);
      const [above = [], described] = await page.evaluate(() => {
        const field = document.querySelector('[autofocus]');
        const texts = [...document.querySelectorAll('main p:not(.app, [role="status"])')].filter((text) => {
          const isAbove = field && text.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING;
          return isAbove && text.checkVisibility();
        });
        return [texts.map(({ id }) => id), field?.getAttribute('aria-describedby')?.split(' ') ?? []];
      });
      // After an error the person has been told the rest before.
      const toldAnew = above.includes('error') ? ['error'] : above;
      expect(described, name).to.include.members(toldAnew);
    }
  });

  it('name the app in its own direction', async () => {
    const { 'the login': html = '' } = await samplesIn('ar');
    const page = await open(html.replaceAll('Example Bank', 'Acme Inc.'));
    const [letter = 0, stop = 0] = await page.locator('.app bdi').evaluate(({ firstChild }) =>
      [0, 'Acme Inc'.length].map((start) => {
        const range = document.createRange();
        range.setStart(firstChild as Node, start);
        range.setEnd(firstChild as Node, start + 1);
        return range.getBoundingClientRect().left;
      }),
    );
    expect(stop).to.be.greaterThan(letter);
  });

  it('are mirrored if the text goes from right to left, all but the code', async () => {
    const page = await open(SAMPLES['an SMS that was lost']?.replace('dir="ltr"', 'dir="rtl"') ?? '', {
      viewport: NARROW,
    });
    const right = (selector: string) => page.locator(selector).evaluate((it) => it.getBoundingClientRect().right);
    expect(await right('.ways a')).to.be.greaterThan(await right('.ways form'));
    expect(await direction(page, '#code')).to.equal('ltr');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(NARROW.width);
  });

  it('take a phone number from left to right in every language', async () => {
    const page = await open(SAMPLES['no number yet']?.replace('dir="ltr"', 'dir="rtl"') ?? '');
    expect(await direction(page, 'main')).to.equal('rtl');
    expect(await direction(page, '#phone')).to.equal('ltr');
  });

  it('wear a brand that fits into five lines', async () => {
    const page = await open(SAMPLES['the login'] ?? '');
    const brand = `:root {
      --sms-otp-accent: rgb(0 96 57);
      --sms-otp-on-accent: rgb(255 250 240);
      --sms-otp-radius: 2px;
      --sms-otp-logo: url(/logo.svg);
      --sms-otp-font: serif;
    }`;
    const heightOf = (selector: string) => page.locator(selector).evaluate((it) => it.getBoundingClientRect().height);
    const plain = await heightOf('.app');
    await page.evaluate((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [sheet];
    }, brand);
    const { backgroundColor, color, borderTopLeftRadius, fontFamily } = await page.evaluate(() => {
      const style = getComputedStyle(document.querySelector('button') as Element);
      const { backgroundColor, color, borderTopLeftRadius, fontFamily } = style;
      return { backgroundColor, color, borderTopLeftRadius, fontFamily };
    });
    expect([backgroundColor, color, borderTopLeftRadius, fontFamily]).to.deep.equal([
      'rgb(0, 96, 57)',
      'rgb(255, 250, 240)',
      '2px',
      'serif',
    ]);
    expect((await heightOf('.app')) - plain).to.be.within(40, 56);
  });

  it('show their buttons if the system chooses the colours, and nothing that moves if it must not', async () => {
    const page = await open(SAMPLES['a code on its way'] ?? '', { forcedColors: 'active', reducedMotion: 'reduce' });
    const styles = await page.evaluate(() => ({
      border: getComputedStyle(document.querySelector('button') as Element).borderTopColor,
      animation: getComputedStyle(document.querySelector('.delivery') as Element, '::before').animationName,
      dot: getComputedStyle(document.querySelector('.delivery') as Element, '::before').borderTopColor,
      surface: getComputedStyle(document.body).backgroundColor,
    }));
    expect(styles.dot).to.not.equal(styles.surface);
    expect(styles.border).to.not.equal('rgba(0, 0, 0, 0)');
    expect(styles.animation).to.equal('none');
  });
});

function direction(page: Page, selector: string): Promise<string> {
  return page.locator(selector).evaluate((it) => getComputedStyle(it).direction);
}
