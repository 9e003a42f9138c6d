import type { Locale } from '../locales/locale.ts';
import type { CommonLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { fill, inWords } from './words.ts';

export interface Layout {
  readonly title: string;
  readonly locale: Locale;
  readonly locals: CommonLocals;
  readonly content: Html;
}

/** The frame of every page. */
export function layout({ title, locale, locals, content }: Layout): string {
  const { appName, urls } = locals;
  return html`<!doctype html>
<html lang="${locale.tag}" dir="${locale.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} – ${appName}</title>
<link rel="stylesheet" href="${urls.assets}/sms-otp.css">
<script src="${urls.assets}/sms-otp.js" defer></script>
</head>
<body>
<main>
<p class="app">${appName}</p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.toString();
}

/** What went wrong, told to a screen reader at once. */
export function errorMessage({ error }: CommonLocals, locale: Locale): Html | undefined {
  if (error === undefined) return undefined;
  const wait =
    error.retryAfterSeconds === undefined
      ? ''
      : fill(locale.pages.waitFor, { time: inWords(error.retryAfterSeconds, locale) });
  return html`<p class="error" id="error" role="alert">${locale.errors[error.code]} ${wait}</p>`;
}

/** Carries on where the sign-in leads. */
export function returnToField({ returnTo }: CommonLocals): Html | undefined {
  return returnTo === undefined ? undefined : html`<input type="hidden" name="returnTo" value="${returnTo}">`;
}

export function startOverForm({ urls }: CommonLocals, locale: Locale): Html {
  return html`<form method="post" action="${urls.logout}"><button class="link">${locale.pages.startOver}</button></form>`;
}
