import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, returnToField } from './layout.ts';

export function login(locals: PageLocals['login'], locale: Locale): string {
  const { urls, username, error } = locals;
  const words = locale.pages;
  const state = error?.code === 'INVALID_CREDENTIALS' ? html` aria-invalid="true" aria-describedby="error"` : undefined;
  const focus = html` autofocus`;
  const content = html`${errorMessage(locals, locale)}
<form method="post" action="${urls.login}">
${returnToField(locals)}
<label for="username">${words.username}</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="256" required${state}${username === '' ? focus : undefined}>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required${state}${username === '' ? undefined : focus}>
<button>${words.signIn}</button>
</form>`;
  return layout({ title: words.loginTitle, locale, locals, content });
}
