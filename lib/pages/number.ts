import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, returnToField, waysOut } from './layout.ts';
import { fillNumber } from './masked-number.ts';

/** A button for each number: to press it is to choose and to send. */
export function number(locals: PageLocals['number'], locale: Locale): string {
  const words = locale.pages;
  const choices = locals.numbers.map(({ number, phone }) => {
    return html`<button name="number" value="${number}">${fillNumber(words.sendTo, phone, locale)}</button>\n`;
  });
  const content = html`${errorMessage(locals, locale)}
<p>${words.numberIntro}</p>
<form method="post" action="${locals.urls.number}" class="choices">
${returnToField(locals)}
${choices}</form>
${waysOut(locals, locale)}`;
  return layout({ title: words.numberTitle, locale, locals, content });
}
