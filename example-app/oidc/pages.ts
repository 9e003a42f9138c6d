import { html, type SmsOtpFacts } from 'express-sms-otp';
import { layout } from '../layout.ts';

const ESSENTIAL = { id_token: { acr: { essential: true, values: ['smpp'] } } };

/** The requests of the application to the provider, by the name of their link. */
export const REQUESTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'sign-in': {},
  smpp: { acr_values: 'smpp' },
  essential: { claims: JSON.stringify(ESSENTIAL) },
  'no-older-than-a-minute': { max_age: '60' },
  'fresh-code': { prompt: 'login' },
  'without-a-question': { prompt: 'none' },
  'unknown-acr': { acr_values: 'gold' },
};

export function clientPage(): string {
  const links = Object.entries(REQUESTS).map(([name, parameters]) => {
    const asked = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    return html`<li><a href="/sign-in/${name}">${name.replaceAll('-', ' ')}</a> <code>${asked}</code></li>`;
  });
  const content = html`<p>This application knows no passwords. Its people sign in at the bank:</p>
<ul>${links}</ul>
<p><a href="/sign-out">Sign out at the bank</a></p>`;
  return layout('Example Shop', 'Sign in at the bank', content);
}

/** The claims of an id_token, or an error. */
export function answerPage(answer: object): string {
  const title = 'error' in answer ? 'The bank says no' : 'The bank says who you are';
  return layout(
    'Example Shop',
    title,
    html`<pre id="answer">${JSON.stringify(answer, undefined, 2)}</pre>
<p><a href="/">Again</a></p>`,
  );
}

export interface ProviderLinks {
  readonly clientUrl: string;
  readonly inboxUrl: string | undefined;
}

export function providerPage({ user, acr }: SmsOtpFacts, { clientUrl, inboxUrl }: ProviderLinks): string {
  const who =
    user === undefined
      ? html`<p>Nobody is signed in here.</p>`
      : html`<p>${user.displayName ?? user.username} is signed in here, with ${acr ?? 'the password only'}.</p>
<form method="post" action="/auth/logout"><button class="quiet">Sign out</button></form>`;
  const phone = inboxUrl === undefined ? '' : html`<li><a href="${inboxUrl}">The phone</a></li>`;
  const content = html`${who}
<ul>
<li><a href="/oidc/.well-known/openid-configuration">What this provider says of itself</a></li>
<li><a href="${clientUrl}">An application that signs in here</a></li>
${phone}
</ul>`;
  return layout('Example Bank', 'An OpenID provider', content);
}
