import type { DeliveryState } from '../domain/delivery.ts';
import type { Locale, PageWords } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, isAboutField, returnToField } from './layout.ts';
import { fillNumber, maskedNumber } from './masked-number.ts';
import { betweenSentences, fill, inWords, pluralForm } from './words.ts';

type Locals = PageLocals['code'];
type Pending = NonNullable<Locals['pending']>;

const DAY_SECONDS = 86_400;

/**
 * The state of the SMS, the field for its code, how long both live, the way to another; and, hidden, what follows.
 */
export function pendingCode(locals: Locals, pending: Pending, locale: Locale): Html {
  const words = locale.pages;
  const again = sendAgainForm(locals, pending, locale);
  if (pending.attemptsRemaining === 0) {
    const state = isAboutCode(locals) ? html` class="error" id="error" role="alert"` : undefined;
    return html`<p${state}>${words.noAttemptsRemaining}</p>
${again}`;
  }
  // If there is another way on, the button that sends again ends with the code.
  const anew = wayAnew(locals, words);
  return html`<p class="error" tabindex="-1" data-over hidden>${words.expired}</p>
<div data-live>
<p id="intro">${intro(locals, locale)}</p>
${change(locals, locale)}
${delivery(locals, pending, words)}
${codeForm(locals, pending, locale)}
${anew && again}
</div>
${anew ?? again}
<p class="unseen" role="status" data-news></p>`;
}

/** Whether the error is shown with the code: at its field, or, of the last try, in the words that it is used up. */
export function isAboutCode(locals: Locals): boolean {
  const { pending, error } = locals;
  if (pending === undefined) return false;
  return pending.attemptsRemaining === 0 ? error?.code === 'INVALID_CODE' : isAboutField(locals, 'INVALID_CODE');
}

/** With its code a change of numbers is over, too: it begins where the number is typed or chosen. */
function wayAnew({ purpose, urls }: Locals, { verify }: PageWords): Html | undefined {
  if (purpose === 'sign-in' || purpose === 'step-up') return undefined;
  return html`<p data-over hidden><a class="button" href="${urls.code}">${verify}</a></p>`;
}

function intro({ purpose, phone = '•••' }: Locals, locale: Locale): Html {
  const { codeSentTo, enrollCodeIntro, changeIntro } = locale.pages;
  if (purpose === 'change') return fillNumber(changeIntro, phone, locale);
  const sent = fillNumber(codeSentTo, phone, locale);
  return purpose === 'enroll' ? html`${sent}${betweenSentences(locale)}${enrollCodeIntro}` : sent;
}

/** A person who is asked for a code must see what it will change. Two lines: languages differ in their colons. */
function change({ change }: Locals, locale: Locale): Html | undefined {
  if (change === undefined) return undefined;
  const { addNumber, removeNumber } = locale.pages;
  const text =
    'add' in change
      ? html`${addNumber}<br>${maskedNumber(change.add, locale)}`
      : fillNumber(removeNumber, change.remove, locale);
  return html`<p id="change"><strong>${text}</strong></p>`;
}

/** With what the script may have to say later. */
function delivery({ urls, otherNumber, purpose }: Locals, pending: Pending, words: PageWords): Html {
  const { deliveryFailed, deliveryFailedOther, anotherNumber } = words;
  const texts: Readonly<Record<DeliveryState, string>> = {
    queued: words.deliveryQueued,
    accepted: words.deliveryAccepted,
    delivered: words.deliveryDelivered,
    failed: otherNumber === undefined ? deliveryFailed : deliveryFailedOther.replace('{link}', () => anotherNumber),
    unknown: words.deliveryUnknown,
  };
  const later = Object.entries(texts).map(([state, text]) => html` data-${state}="${text}"`);
  return html`<p class="delivery" role="status" data-delivery="${pending.delivery}" data-session="${urls.session}" data-purpose="${purpose}"${later}>${texts[pending.delivery]}</p>`;
}

function codeForm(locals: Locals, pending: Pending, locale: Locale): Html {
  const { codeLength, urls, error, typed } = locals;
  const words = locale.pages;
  const isWrong = isAboutCode(locals);
  // The focus is led past what stands above the field.
  const above = error === undefined ? ['intro', ...(locals.change === undefined ? [] : ['change'])] : ['error'];
  const digits = fill(words.codeHint, { digits: codeLength });
  const attempts = attemptsLeft(pending, locale);
  const malformed = fill(words.codeDigits, { digits: codeLength });
  return html`<form method="post" action="${urls.code}" data-code data-digits="${codeLength}" data-malformed="${malformed}">
${returnToField(locals)}
<label for="code">${words.code}</label>
${isWrong ? codeError(locals, malformed, locale) : html`<p class="error" id="mistake" role="alert"></p>`}
<input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="32" required autofocus${typed === undefined ? undefined : html` value="${typed}"`} aria-describedby="${[...above, 'hint'].join(' ')}"${isWrong ? html` aria-invalid="true"` : undefined}>
<p class="hint" id="hint">${[digits, ...attempts].join(' · ')}</p>
${expiry(pending, locale)}
${trustBox(locals, locale)}
<button>${words.verify}</button>
</form>`;
}

/** A text that is no code at all is mended by its digits; what was typed stays in the field. */
function codeError({ error, typed, ...locals }: Locals, malformed: string, locale: Locale): Html | undefined {
  const told = error === undefined || typed === undefined ? error : { ...error, text: malformed };
  return errorMessage(told === undefined ? locals : { ...locals, error: told }, locale);
}

function expiry({ expiresInSeconds }: Pending, locale: Locale): Html {
  const { expiresIn } = locale.pages;
  const text = fill(expiresIn, { time: inWords(expiresInSeconds, locale) });
  return html`<p class="hint" data-seconds="${expiresInSeconds}" data-text="${expiresIn}">${text}</p>`;
}

/** With it the next sign-ins in this browser need the password alone. */
function trustBox({ trustDays, trusts }: Locals, locale: Locale): Html | undefined {
  if (trustDays === undefined) return undefined;
  const { trustBrowser, trustBrowserHint } = locale.pages;
  const label = fill(trustBrowser, { time: inWords(trustDays * DAY_SECONDS, locale) });
  return html`<div class="box">
<input id="trust" name="trustBrowser" type="checkbox" value="true" aria-describedby="trust-hint"${trusts ? html` checked` : undefined}>
<label for="trust">${label}</label>
<p class="hint" id="trust-hint">${trustBrowserHint}</p>
</div>`;
}

/** Empty if tries are not counted. */
function attemptsLeft({ attemptsRemaining: attempts }: Pending, locale: Locale): readonly string[] {
  if (attempts === undefined) return [];
  return [fill(pluralForm(locale.pages.attemptsRemaining, attempts, locale), { attempts })];
}

/** A button that can always be pressed; only the script knows when the pause is over. */
function sendAgainForm(locals: Locals, pending: Pending, locale: Locale): Html {
  const { resendInSeconds, attemptsRemaining } = pending;
  const { sendAgain, sendNew, sendAgainIn, canSendAgain } = locale.pages;
  const text = fill(sendAgainIn, { time: inWords(resendInSeconds, locale) });
  const wait = html`<p class="hint" data-seconds="${resendInSeconds}" data-text="${sendAgainIn}">${text}</p>
<p class="unseen" role="status" data-ready="${canSendAgain}"></p>`;
  return html`<form method="post" action="${locals.urls.send}" data-wait>
${returnToField(locals)}
${attemptsRemaining === 0 ? html`<button>${sendNew}</button>` : html`<button class="secondary" data-new="${sendNew}">${sendAgain}</button>`}
${resendInSeconds > 0 ? wait : undefined}
</form>`;
}
