import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, startOverForm } from './layout.ts';

/** Where somebody manages the numbers of their account. */
export function account(locals: PageLocals['account'], locale: Locale): string {
  const { urls, numbers, phone, mayChange, mayAdd } = locals;
  const rows = numbers.map(({ number, phone }) => {
    const isRemovable = mayChange && numbers.length > 1;
    const button = html` <button name="number" value="${number}">Remove</button>`;
    return html`<li>${phone}${isRemovable ? button : undefined}</li>\n`;
  });
  const list = html`<ul>\n${rows}</ul>`;
  const content = html`${errorMessage(locals, locale)}
${mayChange ? html`<form method="post" action="${urls.removePhone}">${list}</form>` : list}
${
  mayAdd
    ? html`<form method="post" action="${urls.phones}"><label for="phone">Phone number</label>
<input id="phone" name="phone" type="tel" value="${phone}" autocomplete="tel" maxlength="64" required>
<button>Add</button></form>`
    : undefined
}
<form method="post" action="${urls.signOutEverywhere}"><button>Sign out everywhere</button></form>
${startOverForm(locals, locale)}`;
  return layout({ title: 'Your phone numbers', locale, locals, content });
}
