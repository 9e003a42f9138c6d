import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, returnToField, waysOut } from './layout.ts';
import { inOneLine } from './words.ts';

/** The page of somebody who has no phone at hand: a code of the help desk, or one of their own on paper. */
export function withoutPhone(locals: PageLocals['withoutPhone'], locale: Locale): string {
  const words = locale.pages;
  const { urls, error, typed, takesRecoveryCodes, back } = locals;
  const isWrong = error?.code === 'INVALID_CODE' || error?.code === 'BAD_REQUEST';
  // The focus is led past what stands above the field.
  const above = error === undefined ? 'intro' : 'error';
  const intro = [words.withoutPhoneIntro, ...(takesRecoveryCodes ? [words.recoveryCodeIntro] : [])];
  const content = html`<p id="intro">${inOneLine(intro, locale)}</p>
<form method="post" action="${urls.withoutPhone}">
${returnToField(locals)}
<label for="spare-code">${words.code}</label>
${errorMessage(locals, locale)}
<input id="spare-code" name="code" type="text" value="${typed}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="64" required autofocus aria-describedby="${above}"${isWrong ? html` aria-invalid="true"` : undefined}>
<button>${words.verify}</button>
</form>
${waysOut(locals, locale, html`<a href="${back}">${words.withPhone}</a>`)}`;
  return layout({ title: words.withoutPhoneTitle, locale, locals, content });
}
