import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, layout, returnToField } from './layout.ts';

/** Username and password. The name stays after an error, so that only the password is typed again. */
export function login(locals: PageLocals['login'], locale: Locale): string {
  const { urls, username, form } = locals;
  const words = locale.pages;
  const state = fieldState(locals);
  const focus = html` autofocus`;
  const isNew = username === '';
  const content = html`${errorMessage(locals, locale)}
<form method="post" action="${urls.login}">
${returnToField(locals)}
<input type="hidden" name="form" value="${form}">
<label for="username">${words.username}</label>
<input id="username" name="username" type="text" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="256" required${state}${isNew ? focus : undefined}>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required${state}${isNew ? undefined : focus}>
<button>${words.signIn}</button>
</form>`;
  return layout({ title: words.loginTitle, locale, locals, content });
}

/** Which of the two was wrong is not told. */
function fieldState({ error }: PageLocals['login']): Html | undefined {
  if (error === undefined) return undefined;
  const isWrong = error.code === 'INVALID_CREDENTIALS';
  return html` aria-describedby="error"${isWrong ? html` aria-invalid="true"` : undefined}`;
}
