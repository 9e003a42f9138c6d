import type { Locale } from '../locales/locale.ts';
import type { PageLocals } from '../views.ts';
import { html } from './html.ts';
import { errorMessage, layout, waysOut } from './layout.ts';

/** The page of errors that have no page of their own: what happened, and two ways on. */
export function error(locals: PageLocals['error'], locale: Locale): string {
  const words = locale.pages;
  const { login } = locals.urls;
  const next = locals.error?.location ?? login;
  if (locals.error?.words === 'formNotKept') return formNotKept(locals, next, locale);
  const content = html`${errorMessage(locals, locale)}
<p><a class="button" href="${next}">${next.startsWith(login) ? words.signIn : words.verify}</a></p>
${waysOut(locals, locale)}`;
  return layout({ title: words.errorTitle, locale, locals, content });
}

/** A form met a gate: nothing went wrong, and it is sent again after the code. */
function formNotKept(locals: PageLocals['error'], next: string, locale: Locale): string {
  const words = locale.pages;
  const { error, ...calm } = locals;
  const isCode = error?.code === 'SMS_OTP_REQUIRED';
  const content = html`<p>${isCode ? words.stepUpIntro : locale.errors.SIGN_IN_REQUIRED}</p>
<p>${words.formNotKept}</p>
<p><a class="button" href="${next}">${isCode ? words.verify : words.signIn}</a></p>
${waysOut(locals, locale)}`;
  return layout({ title: isCode ? words.stepUpTitle : words.loginTitle, locale, locals: calm, content });
}
