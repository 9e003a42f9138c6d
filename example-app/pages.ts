import { html, type SmsOtpFacts, type User } from 'express-sms-otp';
import { type Html, layout } from './layout.ts';

export function homePage(inboxUrl: string | undefined): string {
  const phone = inboxUrl === undefined ? '' : html`<a class="button quiet" href="${inboxUrl}">Open the phone</a>`;
  return page(
    'Your money, behind two locks',
    html`<p>A password first, then a code that we send to your phone.</p>
<p class="actions"><a class="button" href="/dashboard">Open the dashboard</a> ${phone}</p>
<p>Or sign in <a href="/public/spa.html">from one page</a>, by <code>fetch</code> only.</p>`,
  );
}

export function dashboardPage({ user, acr, authTime = 0 }: SmsOtpFacts, isAdministrator: boolean): string {
  const since = new Date(authTime * 1000).toISOString().slice(11, 16);
  const how = acr === undefined ? 'without a code by SMS' : 'with both factors';
  return page(
    `Hello ${user?.displayName ?? user?.username ?? ''}`,
    html`<p>You have been signed in ${how} since ${since} UTC.</p>
<ul class="cards">
<li><strong>Everyday account</strong><span>1 815.12 €</span></li>
<li><strong>Savings</strong><span>12 100.00 €</span></li>
</ul>
<div class="actions">
<a class="button" href="/transfer">Transfer money</a>
<a class="button quiet" href="/auth/account">Your account</a>
${isAdministrator ? html`<a class="button quiet" href="/admin">Administration</a>` : ''}
<form method="post" action="/auth/logout"><button class="quiet">Sign out</button></form>
</div>`,
  );
}

export function transferPage(): string {
  return page(
    'Transfer money',
    html`<p>You entered a code less than a minute ago, so you may.</p>
<form method="post" action="/transfer">
<label for="amount">Amount in €</label>
<input id="amount" name="amount" inputmode="decimal" value="10.00">
<button>Send</button>
</form>
<p><a href="/dashboard">Back</a></p>`,
  );
}

function helpCodeForm({ id, username, displayName = username }: User): Html {
  return html`<form method="post" action="/admin/help-code" class="row">
<input type="hidden" name="userId" value="${id}">
<button class="quiet" aria-label="Help code for ${displayName}">Help code</button>
</form>`;
}

/** To be read out to a person whom the administrator knows. */
export function helpCodePage(code: string): string {
  const text = html`<p>Read this out: <strong>${code.slice(0, 5)}-${code.slice(5)}</strong></p>
<p>It is for one sign-in within 15 minutes, after the password, at “I do not have my phone”.</p>`;
  return page('Help code', html`${text}<p><a href="/admin">Back</a></p>`);
}

export function adminPage(users: readonly { readonly user: User; readonly numbers: readonly string[] }[]): string {
  const rows = users.map(
    ({ user, numbers }) => html`<section>
<h2>${user.displayName ?? user.username}</h2>
${numbers.length === 0 ? html`<p>No number</p>` : numbers.map((number, place) => removeForm(user, number, place))}
${helpCodeForm(user)}
</section>`,
  );
  return page('Phone numbers', html`${rows}<p><a href="/dashboard">Back</a></p>`);
}

export function messagePage(title: string, text: string): string {
  return page(title, html`<p>${text}</p><p><a href="/dashboard">To the dashboard</a></p>`);
}

function removeForm(user: User, number: string, place: number): Html {
  const end = number.slice(-4);
  return html`<form method="post" action="/admin/phones/remove" class="row">
<input type="hidden" name="userId" value="${user.id}">
<input type="hidden" name="place" value="${place}">
<input type="hidden" name="end" value="${end}">
<span>••• ${end}</span>
<button class="quiet" aria-label="Remove ••• ${end}">Remove</button>
</form>`;
}

function page(title: string, content: Html): string {
  return layout('Example Bank', title, content, html`<link rel="stylesheet" href="/public/skin.css">`);
}
