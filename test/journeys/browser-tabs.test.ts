/// <reference lib="dom" />
import { EventEmitter, once } from 'node:events';
import { expect } from 'chai';
import type { RequestHandler } from 'express';
import type { Page } from 'playwright-core';
import type { TestAppSetup } from '../support/app.ts';
import { useBrowser } from '../support/browser.ts';
import { openSite, type Site, typeCode, typePassword } from '../support/site.ts';

/** Keeps the questions of the pages' scripts until it is told to let them go on. */
class HeldQuestions {
  isHolding = false;
  #come = 0;
  #gone = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #changes = new EventEmitter();

  get middleware(): RequestHandler {
    return (req, res, next) => {
      if (!this.isHolding || req.path !== '/auth/session') return next();
      this.#come += 1;
      res.once('close', () => {
        this.#gone += 1;
        this.#changes.emit('change');
      });
      this.#waiting.push(next);
      this.#changes.emit('change');
    };
  }

  /** Until so many have come. */
  async come(count: number): Promise<void> {
    while (this.#come < count) await once(this.#changes, 'change');
  }

  /** Until the clients of so many have gone. */
  async gone(count: number): Promise<void> {
    while (this.#gone < count) await once(this.#changes, 'change');
  }

  letGo(): void {
    this.isHolding = false;
    for (const goOn of this.#waiting.splice(0)) goOn();
  }
}

type Setting = readonly [name: string, setup: (questions: HeldQuestions) => TestAppSetup];

const SETTINGS: readonly Setting[] = [
  // The session is there when the question comes, and gone when it is answered.
  ['rolling: true', ({ middleware }) => ({ session: { rolling: true }, before: (app) => app.use(middleware) })],
  // The session is gone when it is looked for.
  [
    'saveUninitialized: true',
    ({ middleware }) => ({
      session: { saveUninitialized: true },
      guard: (session) => (req, res, next) => middleware(req, res, () => session(req, res, next)),
    }),
  ],
];

describe('two tabs that ask for news of the SMS', function () {
  this.timeout(60_000);

  const browser = useBrowser();
  let site: Site;

  afterEach(() => site.close());

  for (const [name, setup] of SETTINGS) {
    it(`sign nobody out by an answer that comes after that to the right code, with ${name}`, async () => {
      const questions = new HeldQuestions();
      site = await openSite(browser, setup(questions));
      const page = await site.visit('/home');
      await typePassword(page, 'ada', 'lovelace');
      await page.getByLabel('Code').waitFor();
      // Else a question that is held would end by itself after 10 seconds.
      await page.context().addInitScript(() => {
        AbortSignal.timeout = () => new AbortController().signal;
      });
      const second = await openTab(page);
      questions.isHolding = true;
      for (const tab of [page, second]) await lookAt(tab);
      await questions.come(2);
      await typeCode(page, site.transport.lastCode());
      await welcome(page);
      // Both tabs have given up what they asked; the server answers all the same.
      await questions.gone(2);
      questions.letGo();
      await page.goto(`${site.url}/home`);
      await welcome(page);
      await lookAt(second);
      await welcome(second);
      expect(site.transport.messages).to.have.length(1);
      expect(site.complaints).to.deep.equal([]);
    });
  }

  it('ask again in one tab when the other has its answer', async () => {
    const questions = new HeldQuestions();
    site = await openSite(browser, { before: (app) => app.use(questions.middleware) });
    const page = await site.visit('/home');
    await typePassword(page, 'ada', 'lovelace');
    await page.getByLabel('Code').waitFor();
    const second = await openTab(page);
    await typeCode(page, site.transport.lastCode() === '000000' ? '000001' : '000000');
    await page.getByText('4 attempts left').waitFor();
    site.transport.receipt('delivered');
    await second.getByText('was delivered to your phone').waitFor();
    await typeCode(page, site.transport.lastCode());
    await welcome(page);
    await lookAt(second);
    await welcome(second);
  });
});

/** Another tab of the same browser, on the page for the code. */
async function openTab(page: Page): Promise<Page> {
  const opened = page.waitForEvent('popup');
  await page.evaluate(() => void open('/auth/code'));
  const second = await opened;
  await second.getByLabel('Code').waitFor();
  return second;
}

/** As if a person looked at a tab again: it asks at once. */
async function lookAt(page: Page): Promise<void> {
  await page.evaluate(() => void dispatchEvent(new Event('focus')));
}

async function welcome(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
}
