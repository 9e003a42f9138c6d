import type { SmsOtpErrorCode } from '../errors.ts';
import type { Locale } from '../locales/locale.ts';
import type { CommonLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { fill, inOneLine, inWords } from './words.ts';

export interface Layout {
  readonly title: string;
  readonly locale: Locale;
  readonly locals: Pick<CommonLocals, 'appName' | 'error'> & {
    readonly urls: Pick<CommonLocals['urls'], 'assets' | 'styles'>;
  };
  readonly content: Html;
  /** A stylesheet of ours that only this page has. @default none */
  readonly stylesheet?: string;
}

/** The frame of every page. */
export function layout({ title, locale, locals, content, stylesheet }: Layout): string {
  const { appName, urls, error } = locals;
  // The title is what a screen reader says first.
  const marked = error === undefined ? title : locale.pages.errorMark.replace('{title}', () => title);
  return html`<!doctype html>
<html lang="${locale.tag}" dir="${locale.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${marked} – ${appName}</title>
<link rel="stylesheet" href="${urls.assets}/sms-otp.css">${link(stylesheet && `${urls.assets}/${stylesheet}`)}${link(urls.styles)}
<script type="module" src="${urls.assets}/sms-otp.js"></script>
</head>
<body>
<main>
<p class="app"><bdi>${appName}</bdi></p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.toString();
}

function link(stylesheet: string | undefined): Html | undefined {
  return stylesheet === undefined ? undefined : html`\n<link rel="stylesheet" href="${stylesheet}">`;
}

/** The error, and how long to wait if that is known. A field says with `aria-describedby` that it is meant. */
export function errorMessage({ error }: CommonLocals, locale: Locale): Html | undefined {
  if (error === undefined) return undefined;
  const { code, text, words, retryAfterSeconds } = error;
  const texts = [text ?? (words === undefined ? locale.errors[code] : locale.pages[words])];
  if (retryAfterSeconds !== undefined) {
    texts.push(fill(locale.pages.waitFor, { time: inWords(retryAfterSeconds, locale) }));
  }
  return html`<p class="error" id="error" role="alert">${inOneLine(texts, locale)}</p>`;
}

/** Whether the error is mended in the page's own field: it is shown next to it then. */
export function isAboutField({ error }: CommonLocals, code: SmsOtpErrorCode): boolean {
  return error?.code === code || error?.code === 'BAD_REQUEST';
}

/** Carries on the sign-in's destination. */
export function returnToField({ returnTo }: CommonLocals): Html | undefined {
  return returnTo === undefined ? undefined : html`<input type="hidden" name="returnTo" value="${returnTo}">`;
}

/** At the foot of a page: a link of its own, if it has one, and the way back, or the end of this sign-in. */
export function waysOut(
  { urls, signedInAs, withoutPhone }: CommonLocals,
  { pages }: Locale,
  link?: Html,
  back?: string,
): Html {
  const end = html`<form method="post" action="${urls.logout}">
<button class="link">${signedInAs === undefined ? pages.startOver : pages.signOut}</button>
</form>`;
  return html`<div class="apart ways">
${link}
${withoutPhone === undefined ? undefined : html`<a href="${withoutPhone}">${pages.noPhoneAtHand}</a>`}
${back === undefined ? end : html`<a href="${back}">${pages.backToSite}</a>`}
</div>`;
}
