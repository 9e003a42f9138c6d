import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, returnToField, startOverForm } from './layout.ts';

/** A first number, typed during the sign-in. */
export function enroll(locals: PageLocals['enroll'], locale: Locale): string {
  const content = html`${errorMessage(locals, locale)}
<form method="post" action="${locals.urls.enroll}">
${returnToField(locals)}
<label for="phone">Phone number</label>
<input id="phone" name="phone" type="tel" value="${locals.phone}" autocomplete="tel" maxlength="64" required autofocus>
<button>Send a code</button>
</form>
${startOverForm(locals, locale)}`;
  return layout({ title: 'Add your phone number', locale, locals, content });
}
