import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, isAboutField } from './layout.ts';
import { fill, inOneLine } from './words.ts';

type PhoneLocals = PageLocals['enroll'] | PageLocals['account'];

/**
 * The field for a new number, with what was wrong with it.
 *
 * @param above the id of a text that the focus is led past: it is read aloud with the field
 */
export function phoneField(locals: PhoneLocals, locale: Locale, isFocused: boolean, above?: string): Html {
  const { phone, phoneHint } = locale.pages;
  const isWrong = isAboutPhone(locals);
  const example = locale.dir === 'rtl' ? `\u2066${locals.example}\u2069` : locals.example;
  // The example of a number must not break over two lines.
  const hint = fill(phoneHint, { example }).replace(/(?<=\d) (?=\d)/g, '\u00a0');
  const described = [isWrong ? 'error' : above, 'hint'].filter((id) => id !== undefined).join(' ');
  const hints = inOneLine([hint, ...takenCountries(locals, locale)], locale);
  return html`<label for="phone">${phone}</label>
${isWrong ? errorMessage(locals, locale) : undefined}
<input id="phone" name="phone" type="tel" value="${locals.phone}" autocomplete="tel" maxlength="64" required aria-describedby="${described}"${isWrong ? html` aria-invalid="true"` : undefined}${isFocused ? html` autofocus` : undefined}>
<p class="hint" id="hint">${hints}</p>`;
}

/** Only after a refusal, which the country may be the reason of. */
function takenCountries({ error, countries }: PhoneLocals, { tag, pages }: Locale): readonly string[] {
  if (error?.code !== 'PHONE_NOT_ACCEPTED' || countries.length === 0) return [];
  const names = new Intl.DisplayNames([tag, 'en'], { type: 'region' });
  const all = new Intl.ListFormat([tag, 'en']).format(countries.map((country) => names.of(country) ?? country));
  return [pages.countriesTaken.replace('{countries}', () => all)];
}

export function isAboutPhone(locals: PhoneLocals): boolean {
  return isAboutField(locals, 'PHONE_NOT_ACCEPTED') || locals.error?.words === 'alreadyYours';
}
