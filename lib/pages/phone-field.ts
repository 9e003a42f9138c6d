import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, isAboutField } from './layout.ts';

/** The field for a new number, with what was wrong with it. */
export function phoneField(locals: PageLocals['enroll'], locale: Locale, isFocused: boolean): Html {
  const { phone, phoneHint } = locale.pages;
  const isWrong = isAboutPhone(locals);
  // The example of a number must not break over two lines.
  const hint = phoneHint.replace(/(?<=\d) (?=\d)/g, '\u00a0');
  return html`<label for="phone">${phone}</label>
${isWrong ? errorMessage(locals, locale) : undefined}
<input id="phone" name="phone" type="tel" value="${locals.phone}" autocomplete="tel" maxlength="64" required aria-describedby="${isWrong ? 'error hint' : 'hint'}"${isWrong ? html` aria-invalid="true"` : undefined}${isFocused ? html` autofocus` : undefined}>
<p class="hint" id="hint">${hint}</p>`;
}

export function isAboutPhone(locals: PageLocals['enroll']): boolean {
  return isAboutField(locals, 'PHONE_NOT_ACCEPTED') || locals.error?.words === 'alreadyYours';
}
