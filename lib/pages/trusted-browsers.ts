import type { Locale } from '../locales/locale.ts';
import type { BrowserChoice, PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { returnToField } from './layout.ts';

/** The browsers in which the person's password alone is enough, each with a button that ends that. */
export function trustedBrowsers(locals: PageLocals['account'], locale: Locale): Html | undefined {
  const { browsers, urls } = locals;
  if (browsers === undefined || browsers.length === 0) return undefined;
  const words = locale.pages;
  const rows = browsers.map((browser) => row(browser, locale));
  return html`<form method="post" action="${urls.removeBrowser}" class="apart">
${returnToField(locals)}
<h2 id="browsers">${words.trustedBrowsers}</h2>
<p class="hint">${words.trustedBrowsersHint}</p>
<ul class="numbers" aria-labelledby="browsers">
${rows}</ul>
</form>`;
}

/** Its name is set apart: it may be written in the other direction. */
function row({ browser, label, lastUsed }: BrowserChoice, locale: Locale): Html {
  const { remove, removeBrowser, lastUsed: lastUsedWords, unknownBrowser } = locale.pages;
  const name = label === '' ? unknownBrowser : label;
  const date = new Intl.DateTimeFormat([locale.tag, 'en'], {
    dateStyle: 'medium',
    timeZone: 'UTC',
    numberingSystem: 'latn',
  });
  const used = lastUsedWords.replace('{date}', () => date.format(lastUsed * 1000));
  const spoken = removeBrowser.replace('{browser}', () => name);
  return html`<li><span><bdi>${name}</bdi><br><span class="hint">${used}</span></span><button class="link" name="browser" value="${browser}" aria-label="${spoken}">${remove}</button></li>\n`;
}
