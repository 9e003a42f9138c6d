import type { Locale, PageWords } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, layout, returnToField, startOverForm } from './layout.ts';
import { pendingCode } from './pending-code.ts';
import { fill } from './words.ts';

/** Where somebody waits for the code and types it; where none is pending, the button that sends one. */
export function code(locals: PageLocals['code'], locale: Locale): string {
  const { purpose, pending, otherNumber } = locals;
  const words = locale.pages;
  const content = html`${errorMessage(locals, locale)}
${pending === undefined ? sendForm(locals, words) : pendingCode(locals, pending, locale)}
${otherNumber === undefined ? undefined : html`<p><a href="${otherNumber}">Use another number</a></p>`}
${startOverForm(locals, locale)}`;
  const title = purpose === 'step-up' ? words.stepUpTitle : words.codeTitle;
  return layout({ title, locale, locals, content });
}

/** The script presses the button by itself, but never after an error. */
function sendForm(locals: PageLocals['code'], words: PageWords): Html {
  const { purpose, phone, error, urls } = locals;
  return html`<p>${purpose === 'step-up' ? words.stepUpIntro : words.sendIntro}</p>
<form method="post" action="${urls.send}"${error === undefined ? html` data-press` : undefined}>
${returnToField(locals)}
<button>${phone === undefined ? words.send : fill(words.sendTo, { phone })}</button>
</form>`;
}
