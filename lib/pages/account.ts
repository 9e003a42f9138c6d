import type { Locale, PageWords } from '../locales/locale.ts';
import type { NumberChoice, PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, layout, returnToField, waysOut } from './layout.ts';
import { maskedNumber, speakNumber } from './masked-number.ts';
import { isAboutPhone, phoneField } from './phone-field.ts';
import { recoveryCodes } from './recovery-codes.ts';
import { trustedBrowsers } from './trusted-browsers.ts';

type Locals = PageLocals['account'];

/** The person's own numbers, and the end of all their sessions. */
export function account(locals: Locals, locale: Locale): string {
  const words = locale.pages;
  const { mayAdd, mayReplaceNumber, returnTo, urls } = locals;
  // Codes that are shown once come first.
  const hasNew = locals.recoveryCodes?.codes !== undefined;
  const content = html`${mayAdd && isAboutPhone(locals) ? undefined : errorMessage(locals, locale)}
${signedInAs(locals, words)}
${hasNew ? recoveryCodes(locals, locale) : undefined}
<h2 id="numbers">${words.yourNumbers}</h2>
${numberList(locals, locale)}
${confirmLink(locals, words)}
${mayAdd || mayReplaceNumber ? addForm(locals, locale) : undefined}
${hasNew ? undefined : recoveryCodes(locals, locale)}
${trustedBrowsers(locals, locale)}
<form method="post" action="${urls.signOutEverywhere}" class="apart">
${returnToField(locals)}
<p class="hint">${words.signOutEverywhereHint}</p>
<button class="secondary">${words.signOutEverywhere}</button>
</form>
${waysOut(locals, locale, html`<a href="${returnTo ?? urls.home}">${words.backToSite}</a>`)}`;
  return layout({ title: words.accountTitle, locale, locals, content });
}

/** The name is set apart: it may be written in the other direction. */
function signedInAs({ signedInAs: name }: Locals, words: PageWords): Html | undefined {
  if (name === undefined) return undefined;
  const [before, after] = words.signedInAs.split('{name}');
  return html`<p>${before}<strong><bdi>${name}</bdi></strong>${after}</p>`;
}

/** The last number stays: nobody could sign in without it. */
function numberList(locals: Locals, locale: Locale): Html | undefined {
  const { numbers, mayChange, urls } = locals;
  const isLast = mayChange && numbers.length === 1;
  const rows = numbers.map((choice) => {
    const phone = maskedNumber(choice.phone, locale);
    return html`<li>${phone}${mayChange && !isLast ? removeButton(choice, locale) : undefined}</li>\n`;
  });
  if (rows.length === 0) return noNumbers(locals, locale);
  const list = html`<ul class="numbers" aria-labelledby="numbers">
${rows}</ul>
${isLast ? html`<p class="hint">${locale.pages.lastNumber}</p>` : undefined}`;
  if (!mayChange) return list;
  return html`<form method="post" action="${urls.removePhone}">
${returnToField(locals)}
${list}
</form>`;
}

/** Somebody who can add a number has the form or the link for it below. */
function noNumbers({ confirm, mayReplaceNumber }: Locals, { errors }: Locale): Html | undefined {
  const canAdd = confirm !== undefined || mayReplaceNumber;
  return canAdd ? undefined : html`<p class="hint">${errors.NO_PHONE_NUMBER}</p>`;
}

function removeButton({ number, phone }: NumberChoice, locale: Locale): Html {
  const { remove, removeNumber } = locale.pages;
  const name = speakNumber(removeNumber, phone, locale);
  return html`<button class="link" name="number" value="${number}" aria-label="${name}">${remove}</button>`;
}

/** Something in place of a code by SMS is not enough for a change. */
function confirmLink({ confirm }: Locals, { smsNeeded, verify }: PageWords): Html | undefined {
  if (confirm === undefined) return undefined;
  return html`<p class="hint">${smsNeeded}</p>
<p><a class="button" href="${confirm}">${verify}</a></p>`;
}

function addForm(locals: Locals, locale: Locale): Html {
  const words = locale.pages;
  return html`<form method="post" action="${locals.urls.phones}" class="apart">
${returnToField(locals)}
<h2>${words.addNumber}</h2>
${locals.mayReplaceNumber ? html`<p>${words.numberReplaceable}</p>` : undefined}
${phoneField(locals, locale, isAboutPhone(locals))}
<button>${words.add}</button>
</form>`;
}
