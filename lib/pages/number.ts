import type { Purpose } from '../domain/challenge.ts';
import type { Locale, PageWords } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, returnToField, waysOut } from './layout.ts';
import { fillNumber } from './masked-number.ts';

const TITLES = {
  'sign-in': 'numberTitle',
  'step-up': 'stepUpTitle',
  enroll: 'numberTitle',
  change: 'changeTitle',
} as const satisfies Record<Purpose, keyof PageWords>;

/** A button for each number: to press it is to choose and to send. */
export function number(locals: PageLocals['number'], locale: Locale): string {
  const words = locale.pages;
  const { purpose, isSmsNeeded, back } = locals;
  const intro = isSmsNeeded ? words.smsNeeded : words.stepUpIntro;
  const choices = locals.numbers.map(({ number, phone }) => {
    return html`<button name="number" value="${number}">${fillNumber(words.sendTo, phone, locale)}</button>\n`;
  });
  const content = html`${errorMessage(locals, locale)}
${purpose === 'step-up' ? html`<p>${intro}</p>\n` : undefined}<p>${words.numberIntro}</p>
<form method="post" action="${locals.urls.number}" class="choices">
${returnToField(locals)}
${choices}</form>
${waysOut(locals, locale, undefined, back)}`;
  return layout({ title: words[TITLES[purpose]], locale, locals, content });
}
