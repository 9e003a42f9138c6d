import type { HistoryNote, HistorySend } from '../domain/history.ts';
import type { SupportNumber, SupportReport } from '../domain/support-desk.ts';
import type { Locale } from '../locales/locale.ts';
import type { AdminLocals } from '../views.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { describeNote, describeSend, inShort, PROBLEMS } from './support-words.ts';

/** The page for support, whose words are English: a person's numbers, messages and refusals, and how the dependencies are. */
export function support(locals: AdminLocals, locale: Locale): string {
  const { urls, health, report, error, helpCode } = locals;
  const content = html`${error === undefined ? undefined : html`<p class="error" role="alert">${error}</p>`}
${report === undefined || helpCode === undefined ? undefined : newHelpCode(helpCode, report)}
${report === undefined ? undefined : person(locals, report)}
${search(urls)}
<h2>Dependencies</h2>
${dependencies(health)}`;
  const frame = { appName: locals.appName, urls };
  return layout({ title: titleOf(report), locale, locals: frame, content, stylesheet: 'support.css' });
}

function titleOf(report: SupportReport | undefined): string {
  if (report === undefined) return 'Support';
  const { person, userId } = report;
  return person?.displayName ?? person?.username ?? userId;
}

function search(urls: AdminLocals['urls']): Html {
  return html`<h2>Find a person</h2>
<form method="get" action="${urls.find}">
<label for="username">User name</label>
<input id="username" name="username" maxlength="256" autocapitalize="none" autocomplete="off" spellcheck="false" required>
<button>Find by name</button>
</form>
<form method="get" action="${urls.person}">
<label for="id">User id</label>
<input id="id" name="id" maxlength="1024" autocapitalize="none" autocomplete="off" spellcheck="false" required>
<button class="secondary">Find by id</button>
</form>`;
}

/** The agent reads it out; the person's phones are told. */
function newHelpCode({ code, minutes }: NonNullable<AdminLocals['helpCode']>, report: SupportReport): Html {
  const isTold = report.numbers.some(({ problem }) => problem === undefined);
  return html`<section class="new-code" aria-labelledby="new-code">
<h2 id="new-code">Help code</h2>
<p role="status"><code dir="ltr">${code}</code></p>
<p>It is shown only now. It is good for one sign-in within ${minutes} minutes, after the password, behind “I do not have my phone”.</p>
${isTold ? html`<p>The person is told by SMS that it was issued, and again when it is used.</p>` : html`<p class="error">Nobody is told by SMS: there is no number of this person that an SMS can go to.</p>`}
</section>`;
}

function person(locals: AdminLocals, report: SupportReport): Html {
  const { sends, notes, faults, numbers, userId, person: found } = report;
  const answers = inShort(report);
  return html`<dl>
${found === undefined ? undefined : fact('User name', found.username)}
${fact('User id', userId)}
${report.trustedBrowsers === undefined ? undefined : fact('Trusted browsers', report.trustedBrowsers)}
${report.recoveryCodesLeft === undefined ? undefined : fact('Recovery codes left', report.recoveryCodesLeft)}
</dl>
<h2>In short</h2>
${list(
  answers.map((answer) => html`${answer}`),
  'Nothing keeps this person from a code.',
)}
<h2>Numbers in the directory</h2>
${list(numbers.map(numberRow), report.directory === 'found' ? 'None.' : 'Not known.')}
<h2>Messages of the last 7 days</h2>
${list(sends.map(sendRow), 'None.')}
<h2>What else happened</h2>
${list(notes.map(noteRow), 'Nothing in the last 7 days.')}
<h2>Faults of all people</h2>
${list(faults.map(noteRow), 'None in the last 7 days.')}
<h2>Actions</h2>
${actions(locals, report)}`;
}

function actions({ urls, canReplaceNumber }: AdminLocals, { lock, directory }: SupportReport): Html {
  const { helpCode, endBrowsers, resetRecoveryCodes } = urls;
  return html`${lock === undefined ? button(urls.lock, 'Lock') : button(urls.unlock, 'Unlock')}
${lock === undefined ? button(urls.unlock, 'Forget failed codes') : undefined}
${button(urls.endSessions, 'End all sign-ins')}
${endBrowsers === undefined ? undefined : button(endBrowsers, 'End trusted browsers')}
${resetRecoveryCodes === undefined ? undefined : button(resetRecoveryCodes, 'Make recovery codes worthless')}
${helpCode === undefined || directory !== 'found' ? undefined : helpCodeForm(helpCode, canReplaceNumber)}`;
}

/** The agent and the SMS protect the person against a caller who is somebody else. */
function helpCodeForm(action: string, canReplaceNumber: boolean): Html {
  const box = html`<div class="box">
<input id="may-replace" name="mayReplaceNumber" type="checkbox" value="true">
<label for="may-replace">They have a new number, and may add it without a code to an old one</label>
</div>`;
  return html`<form method="post" action="${action}">
<p class="hint" id="help-code-hint">Only for a person whom you know: by the voice, or by a call back to a number in the directory. It stands in place of a code by SMS. A new one ends the one before, and the person is told by SMS.</p>
${canReplaceNumber ? box : undefined}
<button class="secondary" aria-describedby="help-code-hint">Issue a help code</button>
</form>
`;
}

function fact(name: string, value: string | number): Html {
  return html`<dt>${name}</dt>
<dd><bdi>${value}</bdi></dd>
`;
}

function list(rows: readonly Html[], otherwise: string): Html {
  if (rows.length === 0) return html`<p class="hint">${otherwise}</p>`;
  return html`<ul class="rows">
${rows.map((row) => html`<li>${row}</li>\n`)}</ul>`;
}

function numberRow({ attribute, phone, problem }: SupportNumber): Html {
  const words = problem === undefined ? 'codes go there' : PROBLEMS[problem];
  return html`<strong>${phone ?? 'A value'}</strong>${attribute === undefined ? undefined : ` in ${attribute}`}: ${words}.`;
}

function sendRow(send: HistorySend): Html {
  const { sentAt, phone, purpose, isRepeat, smsc, route } = send;
  const way = [smsc, route].filter((part) => part !== undefined).join(', ');
  return html`${time(sentAt)} <strong>${phone}</strong> ${describeSend(send)}.
<span class="hint">${purpose}${isRepeat ? ', sent again' : ''}${way === '' ? '' : `, by ${way}`}</span>`;
}

function noteRow({ kind, total, firstAt, lastAt }: HistoryNote): Html {
  const since = total === 1 ? undefined : html` <span class="hint">${total} times since ${time(firstAt)}</span>`;
  return html`${time(lastAt)} ${describeNote(kind)}.${since}`;
}

function dependencies({ dependencies: all }: AdminLocals['health']): Html {
  const rows = Object.entries(all).map(([name, { status, since, lastError }]) => row(name, status, since, lastError));
  const smscs = Object.entries(all.transport.smscs ?? {}).map(([name, { status, since, lastError }]) =>
    row(`SMSC ${name}`, status, since, lastError),
  );
  return list([...rows, ...smscs], '');
}

function row(name: string, status: string, since: string | undefined, lastError: string | undefined): Html {
  const from = since === undefined ? undefined : html` since ${time(Date.parse(since))}`;
  return html`<strong>${DEPENDENCIES[name] ?? name}</strong>: ${status}${from}${lastError === undefined ? '' : `. ${lastError}`}`;
}

const DEPENDENCIES: Readonly<Record<string, string>> = {
  userStore: 'Directory',
  transport: 'SMS',
  shared: 'Shared state',
  proxy: 'Proxy',
};

function time(milliseconds: number): Html {
  const iso = new Date(milliseconds).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function button(action: string, text: string): Html {
  return html`<form method="post" action="${action}">
<button class="secondary">${text}</button>
</form>
`;
}
