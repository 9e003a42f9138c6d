import { randomUUID } from 'node:crypto';
import type { Challenge, ChallengeFacts } from '../../lib/domain/challenge.ts';
import type { Client, ClientSession } from '../../lib/domain/client.ts';
import { impliedCode } from '../../lib/domain/next-code.ts';
import type { Proven } from '../../lib/domain/password-try.ts';
import type { SecondFactor } from '../../lib/domain/second-factor.ts';
import type { FirstFactor } from '../../lib/domain/send-base.ts';
import type { DirectoryNeed, PendingCode, SignInFlow, Visit } from '../../lib/domain/sign-in-flow.ts';
import type { SignInRef } from '../../lib/domain/sign-in-record.ts';
import type { StartedFlow } from '../../lib/domain/sign-in-start.ts';
import type { NamedUser } from '../../lib/domain/user.ts';
import { fault, SmsOtpError } from '../../lib/errors.ts';

const PASSWORDS: Readonly<Record<string, string>> = { ada: 'lovelace', grace: 'hopper', alan: 'turing' };

/** A browser with its session, which drives the domain as the routes do. Each call is a request of its own. */
export class Browser {
  /** The sessions of this browser in the app's store. */
  readonly stored = new Map<string, SignInRef>();
  sessionId: string | undefined;
  token: string | undefined;
  address: string;
  /** Random bits of the login form. */
  form: string | undefined;
  /** The user that the app's own login names. */
  currentUser: NamedUser | undefined;
  cannotSave = false;
  /** Called before a session is written. */
  onReplace: () => void | Promise<void> = () => undefined;
  readonly #domain: SecondFactor;

  constructor(domain: SecondFactor, facts: Partial<Pick<Browser, 'address' | 'form' | 'token'>> = {}) {
    this.#domain = domain;
    this.address = facts.address ?? '192.0.2.1';
    this.form = facts.form;
    this.token = facts.token;
  }

  get ref(): SignInRef | undefined {
    return this.sessionId === undefined ? undefined : this.stored.get(this.sessionId);
  }

  get client(): Client {
    return {
      address: this.address,
      addressBlock: this.address,
      tokens: this.token === undefined ? [] : [this.token],
      trustTokens: [],
      browserLabel: '',
      languages: [],
      session: this.#session(),
    };
  }

  get visit(): Visit {
    return { ref: this.ref, currentUser: this.currentUser, client: this.client };
  }

  /** Another browser with the same cookies, as a thief has who copied them. */
  copy(): Browser {
    const other = new Browser(this.#domain, this);
    if (this.sessionId !== undefined && this.ref !== undefined) other.stored.set(this.sessionId, this.ref);
    other.sessionId = this.sessionId;
    return other;
  }

  async prove(username = 'ada', password = PASSWORDS[username] ?? ''): Promise<Proven> {
    const proven = await this.#domain.passwords.check({ username, password, client: this.client, onFound() {} });
    if ('unspentMilliseconds' in proven) throw new SmsOtpError('INVALID_CREDENTIALS', 'This is not right.');
    return proven;
  }

  async login(username?: string, password?: string, returnTo?: string): Promise<SignInFlow> {
    const factor = await this.#factor(username, password, returnTo);
    return this.#domain.start.beginAndSend(factor);
  }

  /** The first factor alone. */
  async begin(username?: string, password?: string): Promise<SignInFlow> {
    return this.#domain.start.begin(await this.#factor(username, password));
  }

  /** The code that is implied, or another. */
  async send(facts?: ChallengeFacts, returnTo?: string): Promise<SignInFlow> {
    const { visit } = this;
    const flow = started(await this.#domain.flows.look(visit, 'always'));
    return this.#domain.start.send(visit, flow, facts ?? impliedCode(flow, this.#domain.enrollment), returnTo);
  }

  async enter(code: string, isForm = false): Promise<SignInFlow> {
    const { ref, client } = this;
    const { flow, token } = await this.#domain.codes.check({
      ref,
      code,
      client,
      returnTo: undefined,
      trusts: false,
      isForm,
    });
    this.token = token ?? this.token;
    return flow;
  }

  look(need: DirectoryNeed = 'never'): Promise<SignInFlow> {
    return this.#domain.flows.look(this.visit, need);
  }

  async pending(): Promise<PendingCode | undefined> {
    return this.#domain.flows.pendingOf(await this.look());
  }

  async challenge(): Promise<Challenge> {
    const { challenge } = await this.look();
    if (challenge === undefined) throw new Error('Nothing is pending.');
    return challenge;
  }

  async signOut(isFinal = false): Promise<string | undefined> {
    const { ref: kept, subject } = await this.#domain.ends.signOut(this.ref, isFinal);
    if (this.sessionId !== undefined) this.stored.delete(this.sessionId);
    this.sessionId = undefined;
    if (kept !== undefined) this.#store(kept);
    return subject;
  }

  /** The app's own logout. */
  destroySession(): void {
    if (this.sessionId !== undefined) this.stored.delete(this.sessionId);
  }

  async #factor(username?: string, password?: string, returnTo?: string): Promise<FirstFactor> {
    const { ref: earlier, client } = this;
    return { proven: await this.prove(username, password), amr: ['pwd'], returnTo, client, earlier };
  }

  #store(ref: SignInRef): void {
    this.sessionId = randomUUID();
    this.stored.set(this.sessionId, ref);
  }

  #session(): ClientSession {
    const { sessionId, ref, form } = this;
    const save = async (write: () => void): Promise<void> => {
      await this.onReplace();
      if (this.cannotSave) throw fault('STATE_UNAVAILABLE', undefined);
      write();
    };
    const isStored = (): boolean => ref === undefined || (sessionId !== undefined && this.stored.has(sessionId));
    return {
      scope: sessionId ?? form,
      named: sessionId === undefined ? [] : [sessionId],
      isStored: async () => isStored(),
      succeed: (next) =>
        save(() => {
          if (!isStored()) throw new SmsOtpError('SIGN_IN_REQUIRED');
          if (sessionId !== undefined) this.stored.delete(sessionId);
          this.#store(next);
        }),
      hold: (next) => save(() => (sessionId === undefined ? this.#store(next) : this.stored.set(sessionId, next))),
      replace: (next) =>
        save(() => {
          if (sessionId !== undefined) this.stored.delete(sessionId);
          this.#store(next);
        }),
    };
  }
}

function started(flow: SignInFlow): StartedFlow {
  const { user } = flow;
  if (user === undefined) throw new SmsOtpError('SIGN_IN_REQUIRED', 'Please sign in first.');
  return { ...flow, user };
}
