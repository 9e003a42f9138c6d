import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, waysOut } from './layout.ts';

/** The page of errors that have no page of their own: what happened, and two ways on. */
export function error(locals: PageLocals['error'], locale: Locale): string {
  const words = locale.pages;
  const { login } = locals.urls;
  const next = locals.error?.location ?? login;
  const content = html`${errorMessage(locals, locale)}
<p><a class="button" href="${next}">${next.startsWith(login) ? words.signIn : words.verify}</a></p>
${waysOut(locals, locale)}`;
  return layout({ title: words.errorTitle, locale, locals, content });
}
