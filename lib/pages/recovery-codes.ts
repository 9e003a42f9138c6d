import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { returnToField } from './layout.ts';
import { fill, pluralForm } from './words.ts';

type Locals = PageLocals['account'];

/** How many recovery codes are left, the button for a new set, and that set once it is made: for printing. */
export function recoveryCodes(locals: Locals, locale: Locale): Html | undefined {
  const words = locale.pages;
  if (locals.recoveryCodes === undefined) return undefined;
  const { left, codes } = locals.recoveryCodes;
  const content = codes === undefined ? makeForm(locals, left, locale) : codeList(codes, locale);
  return html`<section class="apart${codes === undefined ? '' : ' printed'}" aria-labelledby="recovery">
<h2 id="recovery">${words.recoveryCodes}</h2>
${content}
</section>`;
}

/** Each with its number, which is typed with it; written from left to right in every language. */
function codeList(codes: readonly string[], { pages }: Locale): Html {
  const rows = codes.map((code) => html`<li><code dir="ltr">${code}</code></li>\n`);
  return html`<p role="status"><strong>${pages.recoveryCodesNew}</strong></p>
<ul class="codes">
${rows}</ul>`;
}

function makeForm(locals: Locals, left: number, locale: Locale): Html {
  const { recoveryCodesIntro, recoveryCodesLeft, recoveryCodesMake, recoveryCodesReplace } = locale.pages;
  const count = html`<p>${fill(pluralForm(recoveryCodesLeft, left, locale), { codes: left })}</p>\n`;
  return html`<p class="hint">${recoveryCodesIntro}</p>
${left === 0 ? undefined : count}<form method="post" action="${locals.urls.recoveryCodes}">
${returnToField(locals)}
<button class="secondary">${left === 0 ? recoveryCodesMake : recoveryCodesReplace}</button>
</form>`;
}
