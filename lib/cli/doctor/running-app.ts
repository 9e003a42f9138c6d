import { examineServer } from '../../diagnostics/server.ts';
import type { Finding } from '../../domain/ports.ts';
import { type AppAnswer, AppClient } from './app-client.ts';
import { examineCookie, examineEarlyCookie, type SignInWish } from './app-cookie.ts';

/** The doctor's knowledge of the app before it asks. */
export interface RunningApp {
  /** As people open it; a path in it is where the handler is mounted. */
  readonly url: URL;
  readonly basePath: string;
  readonly publicPath: string;
  readonly origin?: string | undefined;
  /** Whether `/login` is ours: without `currentUser`. */
  readonly hasOwnLogin: boolean;
}

const TIMEOUT_MILLISECONDS = 5_000;
/** A `Date` header has whole seconds. */
const CLOCK_MILLISECONDS = 3_000;

const ROUTE_REMEDY =
  'Give the URL under which smsOtp() is mounted, compare basePath and publicPath, and let the proxy pass this path on.';

/** Asks the running app, as a browser and a program would. It signs in only if a person and a password are given. */
export async function* examineApp(app: RunningApp, person: SignInWish | undefined): AsyncGenerator<Finding> {
  const { url } = app;
  const label = `app ${url.host}`;
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port || (isSecure ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const tls = isSecure ? { name: host, trust: {} } : undefined;
  if (!(yield* examineServer({ label, host, port, tls }, TIMEOUT_MILLISECONDS))) return;
  const mount = url.pathname.replace(/\/$/, '') || app.publicPath;
  const client = new AppClient(url.origin, mount + app.basePath, TIMEOUT_MILLISECONDS);
  const begin = Date.now();
  const session = await client.get('/session');
  const found = judgeSession(label, session);
  yield found;
  if (found.status === 'failed') return;
  yield judgeClock(label, session, begin);
  if (app.origin !== undefined) yield judgeOrigin(label, url, app.origin);
  yield* examineSameOrigin(label, client, url);
  yield* examinePage(label, client, app);
  yield* examineEarlyCookie(label, client, session);
  yield* examineCookie(label, client, { person: app.hasOwnLogin ? person : undefined, isSecure });
}

function judgeSession(label: string, { status, headers, problem, state }: AppAnswer): Finding {
  const check = `${label} session`;
  const fail = (detail: string, remedy: string): Finding => ({ check, status: 'failed', detail, remedy });
  if (state !== undefined) return { check, status: 'ok', detail: `/session answers: stage ${state.stage}` };
  if (problem !== undefined) {
    const detail = `${problem.code} (${status}): ${problem.detail.replace(/\.$/, '')}`;
    return fail(detail, 'The app itself says what is wrong: do what its message says.');
  }
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) {
    const detail = `/session redirects to ${location}`;
    return fail(
      detail,
      'Give the URL to which it leads. If it is a login, that guard stands before smsOtp(): move it.',
    );
  }
  if (status === 502 || status === 504) {
    return fail(`the proxy cannot reach the app (${status})`, 'Does the app run, and does the proxy know its port?');
  }
  const what = status === 200 ? 'another page answers, and no JSON' : `status ${status}`;
  return fail(`/session: ${what}`, ROUTE_REMEDY);
}

function judgeClock(label: string, { headers }: AppAnswer, begin: number): Finding {
  const check = `${label} clock`;
  const time = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(time)) return { check, status: 'skipped', detail: 'it sends no Date header' };
  const apart = Math.round(Math.max(begin - 1000 - time, time - Date.now(), 0) / 1000);
  const detail = `${apart} s apart from this machine`;
  if (apart * 1000 < CLOCK_MILLISECONDS) return { check, status: 'ok', detail };
  return { check, status: 'warning', detail, remedy: 'Synchronise the clocks of both machines by NTP.' };
}

function judgeOrigin(label: string, url: URL, origin: string): Finding {
  const check = `${label} origin`;
  if (origin === url.origin) return { check, status: 'ok', detail: 'the option origin is the one of this URL' };
  const detail = `the option origin is ${origin}, and people open ${url.origin}`;
  const remedy = 'Set origin to what the address bar shows: other browsers are refused as CROSS_ORIGIN.';
  return { check, status: 'failed', detail, remedy };
}

/** A sign-out without a sign-in changes nothing: it shows which origins may post. */
async function* examineSameOrigin(label: string, client: AppClient, url: URL): AsyncGenerator<Finding> {
  const check = `${label} host`;
  const own = await client.post('/logout', {}, { Origin: url.origin });
  if (own.status === 200) yield { check, status: 'ok', detail: 'a post from its own pages is accepted' };
  else {
    const detail = `a post from its own pages is refused: ${own.problem?.code ?? own.status}`;
    const remedy = `Set the option origin to ${url.origin}, or let the proxy pass the Host header on unchanged.`;
    yield { check, status: 'failed', detail, remedy };
  }
  const other = await client.post('/logout', {}, { Origin: 'https://elsewhere.example' });
  const isRefused = other.problem?.code === 'CROSS_ORIGIN';
  if (isRefused) yield { check: `${label} other sites`, status: 'ok', detail: 'a post from another site is refused' };
  else {
    const detail = `a post from another site is not refused (${other.status})`;
    const remedy = 'Let the proxy pass the headers Origin and Sec-Fetch-Site on, and name no foreign trustedOrigins.';
    yield { check: `${label} other sites`, status: 'failed', detail, remedy };
  }
}

async function* examinePage(label: string, client: AppClient, { hasOwnLogin }: RunningApp): AsyncGenerator<Finding> {
  const start = await client.page('/code');
  const check = `${label} redirect`;
  const location = start.headers.get('location');
  if (location === null) {
    yield { check, status: 'failed', detail: `/code does not lead to a login (${start.status})`, remedy: ROUTE_REMEDY };
    return;
  }
  const target = new URL(location, client.origin);
  if (target.origin !== client.origin) {
    const detail = `it leads to ${target.origin}`;
    const remedy = "Let the proxy pass Host and X-Forwarded-Proto on, and set app.set('trust proxy', …).";
    yield { check, status: 'failed', detail, remedy };
    return;
  }
  const login = await client.page(target);
  if (hasOwnLogin ? login.status !== 200 : login.status >= 400) {
    const remedy = hasOwnLogin
      ? 'Set publicPath to the prefix that the proxy strips.'
      : 'Set loginUrl to the path of the login page, as browsers see it.';
    yield { check, status: 'failed', detail: `${target.pathname} answers ${login.status}`, remedy };
    return;
  }
  yield { check, status: 'ok', detail: `/code leads to ${target.pathname}` };
  if (hasOwnLogin) yield judgeHeaders(label, login, client.origin.startsWith('https:'));
}

/** Headers that a proxy or the app may have taken away or replaced. */
function judgeHeaders(label: string, { headers }: AppAnswer, isSecure: boolean): Finding {
  const check = `${label} headers`;
  const last = (name: string): string => (headers.get(name) ?? '').split(',').at(-1)?.trim().toLowerCase() ?? '';
  const policy = headers.get('content-security-policy') ?? '';
  const problems = [
    last('referrer-policy') === 'same-origin'
      ? ''
      : 'Referrer-Policy is not same-origin: under no-referrer browsers post Origin: null and are refused',
    (headers.get('cache-control') ?? '').includes('no-store') ? '' : 'Cache-Control is not no-store',
    policy.includes("frame-ancestors 'none'") ? '' : 'Content-Security-Policy does not forbid frames',
    policy.split('default-src').length <= 2 ? '' : 'there are two Content-Security-Policies: both must allow our pages',
    !isSecure || headers.has('strict-transport-security') ? '' : 'Strict-Transport-Security is not set',
  ].filter(Boolean);
  if (problems.length === 0) return { check, status: 'ok', detail: 'as this package sets them' };
  const remedy = 'Let the proxy leave the headers of these pages alone; add HSTS in the app or the proxy.';
  return { check, status: 'warning', detail: problems.join('; '), remedy };
}
