import { problemOf, type SmsOtpProblem } from './problem.ts';
import type { SmsOtpState } from './state.ts';

/** Options of `smsOtpClient()`; all are optional. */
export interface ClientOptions {
  /**
   * The public path of the routes.
   *
   * @default '/auth'
   */
  readonly basePath?: string;
  /**
   * Makes the requests.
   *
   * @default the browser's own `fetch`
   */
  readonly fetch?: typeof fetch;
}

/** Options of `watch`. */
export interface WatchOptions {
  /**
   * The time between two questions, from 1 s.
   *
   * @default 3
   */
  readonly everySeconds?: number;
}

/** Resolves to true once the person has entered a fresh code, and to false if they gave up. */
export type RepeatOrNot = (problem: SmsOtpProblem) => boolean | Promise<boolean>;

/** The HTTP API for scripts of the same origin. Every call resolves to the state, or rejects with an `SmsOtpProblem`. */
export interface SmsOtpClient {
  /** Reads the state. */
  state(): Promise<SmsOtpState>;
  /** Checks the password; sends the code at once if the person has one number. */
  signIn(username: string, password: string): Promise<SmsOtpState>;
  /** Reads the numbers to choose from. */
  numbers(): Promise<SmsOtpState>;
  /** Sends the code to one of several numbers, by its index in the list last read. */
  chooseNumber(number: number): Promise<SmsOtpState>;
  /** Sends a code to a first number. */
  enroll(phone: string): Promise<SmsOtpState>;
  /** Sends the first code, or the pending one again; with both factors, a fresh one for a step-up. */
  sendCode(): Promise<SmsOtpState>;
  /** Checks the code: `INVALID_CODE`, `CODE_EXPIRED` or `TOO_MANY_ATTEMPTS` if it is not taken. */
  verify(code: string): Promise<SmsOtpState>;
  /** Reads the person's own numbers. */
  account(): Promise<SmsOtpState>;
  /** Begins to add a number. */
  addPhone(phone: string): Promise<SmsOtpState>;
  /** Begins to remove a number, by its index in the account's list. */
  removePhone(number: number): Promise<SmsOtpState>;
  /** Ends all sessions of the person, this one too. */
  signOutEverywhere(): Promise<SmsOtpState>;
  /** Ends the pending code, both factors and the session. */
  signOut(): Promise<SmsOtpState>;
  /**
   * The `fetch` for the app's own routes. If a gate refuses the request, it asks the handlers of `onStepUp` and repeats
   * the request once. If its `signal` is aborted meanwhile, it rejects at once.
   */
  readonly fetch: typeof fetch;
  /**
   * Sets what happens when a gate refuses a request of `fetch` (`SIGN_IN_REQUIRED`, `SMS_OTP_REQUIRED`): show a form,
   * and resolve when the code is verified. Requests that are refused meanwhile wait for the same answer.
   *
   * @returns a function that removes the handler
   */
  onStepUp(handler: RepeatOrNot): () => void;
  /**
   * Reads the state regularly while a code is pending, and tells each of its changes: news of the SMS, the code's end.
   * It asks nothing while another call of this client sends something.
   *
   * @returns a function that ends it
   */
  watch(listener: (state: SmsOtpState) => void, options?: WatchOptions): () => void;
}

const GATE_CODES: readonly string[] = ['SIGN_IN_REQUIRED', 'SMS_OTP_REQUIRED'];

/** A client for the pages' routes, without a dependency, for a script of the same origin. */
export function smsOtpClient({ basePath = '/auth', fetch: ask = fetch }: ClientOptions = {}): SmsOtpClient {
  const questions = new Questions();
  const get = (path: string, init: RequestInit = {}) =>
    read(ask(basePath + path, { ...init, headers: { Accept: 'application/json' } }));
  const post = (path: string, fields: object = {}) => {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(fields) };
    return questions.restWhile(() => read(ask(basePath + path, init)));
  };
  const state = () => get('/session');
  return {
    state,
    signIn: (username, password) => post('/login', { username, password }),
    numbers: () => get('/number'),
    chooseNumber: (number) => post('/number', { number }),
    enroll: (phone) => post('/enroll', { phone }),
    sendCode: () => post('/code/send'),
    verify: (code) => post('/code', { code }),
    account: () => get('/account'),
    addPhone: (phone) => post('/account/phones', { phone }),
    removePhone: (number) => post('/account/phones/remove', { number }),
    signOutEverywhere: () => post('/account/sign-out-everywhere'),
    signOut: () => post('/logout'),
    watch: (listener, { everySeconds = 3 } = {}) =>
      watch(() => questions.ask((signal) => get('/session', { signal })), listener, Math.max(1, everySeconds) * 1000),
    ...stepUps(ask),
  };
}

/** Questions that nobody waits for: an answer later than that to a form would bring the session cookie of before. */
class Questions {
  #forms = 0;
  #asking = new AbortController();

  /** Ends the questions that are open, and asks none until the form is answered. */
  async restWhile<T>(send: () => Promise<T>): Promise<T> {
    this.#forms += 1;
    this.#asking.abort();
    this.#asking = new AbortController();
    try {
      return await send();
    } finally {
      this.#forms -= 1;
    }
  }

  async ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (this.#forms > 0) return undefined;
    const { signal } = this.#asking;
    const answer = await question(signal);
    // The app's own fetch may not know of signals.
    return signal.aborted ? undefined : answer;
  }
}

async function read(answer: Promise<Response>): Promise<SmsOtpState> {
  const response = await answer;
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && isState(body)) return body;
  throw problemOf(response, body);
}

function isState(body: unknown): body is SmsOtpState {
  return typeof body === 'object' && body !== null && 'stage' in body;
}

function stepUps(ask: typeof fetch): Pick<SmsOtpClient, 'fetch' | 'onStepUp'> {
  let handler: RepeatOrNot | undefined;
  let pending: Promise<boolean> | undefined;
  const decide = (problem: SmsOtpProblem): Promise<boolean> => {
    pending ??= (async () => handler?.(problem) ?? false)().finally(() => {
      pending = undefined;
    });
    return pending;
  };
  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const response = await ask(request.clone());
      if (response.status !== 401 || handler === undefined) return response;
      const body: unknown = await response
        .clone()
        .json()
        .catch(() => undefined);
      const problem = problemOf(response, body);
      if (!GATE_CODES.includes(problem.code)) return response;
      return (await unlessAborted(decide(problem), request.signal)) ? ask(request) : response;
    },
    onStepUp(own) {
      handler = own;
      return () => {
        if (handler === own) handler = undefined;
      };
    },
  };
}

/** A request that the app gives up does not wait for the person. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    answer.then(resolve, reject);
  });
}

/** Asks once at once, then regularly. A question without an answer is asked again later. */
function watch(
  ask: () => Promise<SmsOtpState | undefined>,
  listener: (state: SmsOtpState) => void,
  milliseconds: number,
): () => void {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = '';
  const look = async (): Promise<void> => {
    const now = await ask().catch(() => undefined);
    if (isOver) return;
    // Before the listener is called, which may end this.
    if (now === undefined || now.stage === 'code') timer = setTimeout(look, milliseconds);
    const text = JSON.stringify(now);
    if (now === undefined || text === told) return;
    told = text;
    // An error of the listener is the app's own, and no rejection of this.
    queueMicrotask(() => isOver || listener(now));
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
