import type { DeliveryState } from '../domain/delivery.ts';
import type { Locale, PageWords } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { errorMessage, layout, returnToField, startOverForm } from './layout.ts';
import { fill, inWords } from './words.ts';

type Locals = PageLocals['code'];
type Pending = NonNullable<Locals['pending']>;

const DELIVERY: Readonly<Record<DeliveryState, keyof PageWords>> = {
  queued: 'deliveryQueued',
  accepted: 'deliveryAccepted',
  delivered: 'deliveryDelivered',
  failed: 'deliveryFailed',
  unknown: 'deliveryUnknown',
};

/** Where somebody waits for the code and types it; where none is pending, the button that sends one. */
export function code(locals: Locals, locale: Locale): string {
  const words = locale.pages;
  const content = html`${errorMessage(locals, locale)}
${locals.pending === undefined ? sendForm(locals, locale) : codeForm(locals, locals.pending, locale)}
${startOverForm(locals, locale)}`;
  const title = locals.purpose === 'step-up' ? words.stepUpTitle : words.codeTitle;
  return layout({ title, locale, locals, content });
}

/** The script presses the button by itself, but never again after an error. */
function sendForm(locals: Locals, { pages: words }: Locale): Html {
  const { purpose, phone, error, urls } = locals;
  if (phone === undefined) return html``;
  const isAutomatic = error === undefined ? html` data-send` : undefined;
  return html`<p>${purpose === 'step-up' ? words.stepUpIntro : words.sendIntro}</p>
<form method="post" action="${urls.send}"${isAutomatic}>
${returnToField(locals)}
<button>${fill(words.send, { phone })}</button>
</form>`;
}

function codeForm(locals: Locals, pending: Pending, locale: Locale): Html {
  const { phone = '', codeLength, urls, error } = locals;
  const words = locale.pages;
  const isWrong = error !== undefined && ['INVALID_CODE', 'BAD_REQUEST'].includes(error.code);
  const state = isWrong ? html` aria-invalid="true" aria-describedby="error hint"` : html` aria-describedby="hint"`;
  return html`<p>${fill(words.codeSentTo, { phone })}</p>
<p class="delivery" data-delivery="${pending.delivery}" data-session="${urls.session}" role="status">${words[DELIVERY[pending.delivery]]}</p>
<form method="post" action="${urls.code}" data-code>
${returnToField(locals)}
<label for="code">${words.code}</label>
<input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="32" required autofocus${state}>
<p class="hint" id="hint">${fill(words.codeHint, { digits: codeLength })} · ${attempts(pending, words)}</p>
<button>${words.verify}</button>
</form>
<p class="hint" data-expires="${pending.expiresInSeconds}" data-text="${words.expiresIn}" data-end="${words.expired}">${fill(words.expiresIn, { time: inWords(pending.expiresInSeconds, locale) })}</p>
<form method="post" action="${urls.send}" class="again">
<button class="secondary" data-resend="${pending.resendInSeconds}">${words.sendAgain}</button>
${waitText(pending, locale)}
</form>
${deliveryTexts(words)}`;
}

function attempts({ attemptsRemaining }: Pending, words: PageWords): string {
  return attemptsRemaining === 0
    ? words.noAttemptsRemaining
    : fill(words.attemptsRemaining, { attempts: attemptsRemaining });
}

function waitText({ resendInSeconds }: Pending, locale: Locale): Html | undefined {
  if (resendInSeconds === 0) return undefined;
  const { sendAgainIn } = locale.pages;
  const text = fill(sendAgainIn, { time: inWords(resendInSeconds, locale) });
  return html`<p class="hint" data-wait="${sendAgainIn}">${text}</p>`;
}

/** For the script: what it may have to say later. */
function deliveryTexts(words: PageWords): Html {
  const texts = Object.entries(DELIVERY).map(([state, key]) => html`<span data-state="${state}">${words[key]}</span>`);
  return html`<template id="deliveries">${texts}</template>`;
}
