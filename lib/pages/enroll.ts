import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, returnToField, waysOut } from './layout.ts';
import { isAboutPhone, phoneField } from './phone-field.ts';

/** The page on which somebody who has no number yet enters one. */
export function enroll(locals: PageLocals['enroll'], locale: Locale): string {
  const words = locale.pages;
  const content = html`${isAboutPhone(locals) ? undefined : errorMessage(locals, locale)}
<p id="intro">${words.enrollIntro}</p>
<form method="post" action="${locals.urls.enroll}">
${returnToField(locals)}
${phoneField(locals, locale, true, locals.error === undefined ? 'intro' : 'error')}
<button>${words.sendCode}</button>
</form>
${waysOut(locals, locale, undefined, locals.back)}`;
  return layout({ title: words.enrollTitle, locale, locals, content });
}
