import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout } from './layout.ts';

export function error(locals: PageLocals['error'], locale: Locale): string {
  const words = locale.pages;
  const content = html`${errorMessage(locals, locale)}
<p><a class="button" href="${locals.urls.login}">${words.signIn}</a></p>`;
  return layout({ title: words.errorTitle, locale, locals, content });
}
