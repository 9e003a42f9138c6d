import type { Purpose } from '../domain/challenge.ts';
import type { Locale, PageWords } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, layout, returnToField, waysOut } from './layout.ts';
import { fillNumber } from './masked-number.ts';
import { isAboutCode, pendingCode } from './pending-code.ts';

type Locals = PageLocals['code'];

/** The page on which somebody waits for the code and types it. If none is pending, it has the button that sends one. */
export function code(locals: Locals, locale: Locale): string {
  const { purpose, pending } = locals;
  const words = locale.pages;
  const content = html`${isAboutCode(locals) ? undefined : errorMessage(locals, locale)}
${pending === undefined ? sendForm(locals, locale) : pendingCode(locals, pending, locale)}
${waysOut(locals, locale, otherNumber(locals, words), locals.back)}`;
  return layout({ title: words[TITLES[purpose]], locale, locals, content });
}

const TITLES = {
  'sign-in': 'codeTitle',
  'step-up': 'stepUpTitle',
  enroll: 'enrollTitle',
  change: 'changeTitle',
} as const satisfies Record<Purpose, keyof PageWords>;

/** The script presses the button by itself, but never after an error. Without a number there is none. */
function sendForm(locals: Locals, locale: Locale): Html | undefined {
  const { purpose, phone, error, urls, mayPress, isSmsNeeded } = locals;
  const words = locale.pages;
  if (error?.code === 'NO_PHONE_NUMBER') return isSmsNeeded ? html`<p>${words.smsNeeded}</p>` : undefined;
  const intro = purpose === 'sign-in' ? words.sendIntro : words.stepUpIntro;
  return html`<p>${isSmsNeeded ? words.smsNeeded : intro}</p>
<form method="post" action="${urls.send}"${mayPress && error === undefined ? html` data-press` : undefined}>
${returnToField(locals)}
<button>${phone === undefined ? words.send : fillNumber(words.sendTo, phone, locale)}</button>
</form>`;
}

function otherNumber({ otherNumber }: Locals, { anotherNumber }: PageWords): Html | undefined {
  return otherNumber === undefined ? undefined : html`<a href="${otherNumber}">${anotherNumber}</a>`;
}
