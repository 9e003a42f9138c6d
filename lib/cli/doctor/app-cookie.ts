import type { Finding } from '../../domain/ports.ts';
import { type AppAnswer, type AppClient, cookiesOf, type SetCookie } from './app-client.ts';

/** A person that the doctor may sign in as. */
export interface SignInWish {
  readonly name: string;
  readonly password?: string | undefined;
}

const PROXY_REMEDY =
  "Set cookie.secure to true or 'auto'; behind a proxy also app.set('trust proxy', …), and let it send X-Forwarded-Proto.";
const SIGNS_OUT =
  'A late answer may give the browser another session after a right code: the person is then signed out.';
const SESSION_REMEDY =
  'Every process needs the same session store and the same session secret; the cookie needs a path that covers basePath.';

/** Before a sign-in there is nothing to remember: a cookie then comes from an option of express-session. */
export async function* examineEarlyCookie(
  label: string,
  client: AppClient,
  session: AppAnswer,
): AsyncGenerator<Finding> {
  const check = `${label} visitors`;
  const [early] = cookiesOf(session);
  if (early === undefined) return yield { check, status: 'ok', detail: 'no cookie before a sign-in' };
  const again = cookiesOf(await client.get('/session')).some(({ name }) => name === early.name);
  const detail = `${early.name} is set before a sign-in${again ? ', and again with each answer' : ''}`;
  const remedy = `Set saveUninitialized: false${again ? ' and rolling: false' : ''} if this is the session cookie: each visitor gets a stored session. ${SIGNS_OUT}`;
  yield { check, status: 'warning', detail, remedy };
}

/** The session cookie as a sign-in with the password sets it, and whether the next request finds that session. */
export async function* examineCookie(
  label: string,
  client: AppClient,
  { person, isSecure }: { readonly person: SignInWish | undefined; readonly isSecure: boolean },
): AsyncGenerator<Finding> {
  const check = `${label} cookie`;
  if (person?.password === undefined) {
    const detail = 'seen with --user NAME --password-stdin: it signs in, and this person may get an SMS';
    return yield { check, status: 'skipped', detail };
  }
  const login = await client.post('/login', { username: person.name, password: person.password });
  const cookies = cookiesOf(login);
  if (login.problem !== undefined && cookies.length === 0) {
    const detail = `the sign-in is refused: ${login.problem.code}: ${login.problem.detail.replace(/\.$/, '')}`;
    const remedy =
      login.status === 500 ? PROXY_REMEDY : 'Sign in as a person who can, or see what the other checks say.';
    return yield { check, status: 'failed', detail, remedy };
  }
  yield judgeCookies(check, cookies, isSecure);
  yield judgeNext(`${label} session kept`, await client.get('/session'), cookies);
  await client.post('/logout', {});
}

/** The request after the sign-in finds its session, and has no reason to set the cookie again. */
function judgeNext(check: string, answer: AppAnswer, cookies: readonly SetCookie[]): Finding {
  const { state } = answer;
  if (state === undefined || state.stage === 'none') {
    const detail = 'the next request does not find the session of the sign-in';
    return { check, status: 'failed', detail, remedy: SESSION_REMEDY };
  }
  const again = cookiesOf(answer).find(({ name }) => cookies.some((cookie) => cookie.name === name));
  if (again === undefined) return { check, status: 'ok', detail: `stage ${state.stage} with the cookie` };
  const detail = `${again.name} is set again by an answer that changes nothing`;
  return { check, status: 'warning', detail, remedy: `Set rolling: false. ${SIGNS_OUT}` };
}

function judgeCookies(check: string, cookies: readonly SetCookie[], isSecure: boolean): Finding {
  if (cookies.length === 0) {
    const detail = 'a sign-in sets no cookie';
    return { check, status: 'failed', detail, remedy: PROXY_REMEDY };
  }
  const problems = cookies.flatMap(({ name, attributes, sameSite }) => [
    ...(isSecure && !attributes.has('secure') ? [`${name} is not Secure`] : []),
    ...(attributes.has('httponly') ? [] : [`${name} is not HttpOnly`]),
    ...(sameSite === 'lax' || sameSite === 'strict' ? [] : [`${name} has SameSite ${sameSite ?? 'unset'}`]),
  ]);
  const names = cookies.map(({ name }) => name).join(', ');
  if (problems.length === 0) return { check, status: 'ok', detail: `${names}: as it should be` };
  const isOpen = problems.some((problem) => !problem.includes('SameSite'));
  const remedy = isOpen ? `Set cookie.httpOnly: true. ${PROXY_REMEDY}` : "Set cookie.sameSite: 'lax'.";
  return { check, status: isOpen ? 'failed' : 'warning', detail: problems.join('; '), remedy };
}
