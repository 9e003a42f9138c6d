import { SmsOtpError } from '../errors.ts';
import type { Account, KnownAccount } from './account.ts';
import type { Client } from './client.ts';
import type { Ledger, Steps } from './commit.ts';
import { isDoneBy } from './grant.ts';
import type { Keyring } from './keyring.ts';
import { isKnownTo, type KnownBrowsers } from './known-browser.ts';
import type { Proven } from './password-try.ts';
import type { PersonIndex, PersonReader } from './person.ts';
import type { NewBase, SendBase, SendLabel } from './send-order.ts';
import { flowOf, type SignInFlow, type Visit } from './sign-in-flow.ts';
import { newRecord, pendingOf, type SignInRecord, type SignInRef, type StoredSignIn } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import { localeOf, type User } from './user.ts';

export interface SendBasesDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly keyring: Keyring;
  readonly index: PersonIndex;
  readonly people: PersonReader;
  readonly browsers: KnownBrowsers;
}

/** A first factor that was right, and where the sign-in is to lead. */
export interface FirstFactor {
  readonly proven: Proven;
  /** Authentication methods (RFC 8176). */
  readonly amr: readonly string[];
  readonly returnTo: string | undefined;
  readonly client: Client;
  /** The part of an earlier sign-in in this browser that the session holds. */
  readonly earlier: SignInRef | undefined;
}

/** A record that is about to begin. */
interface Beginning {
  readonly user: User;
  readonly ref: SignInRef;
  readonly amr: readonly string[];
  readonly browser: string;
  readonly returnTo: string | undefined;
  readonly account: KnownAccount | undefined;
  /** The account, or the one that begins with this record. */
  readonly person: Account;
  readonly index: string | undefined;
  readonly now: number;
  /** The part of an earlier sign-in in this browser that the session holds, and the record to which that leads. */
  readonly from: SignInRef | undefined;
  readonly earlier: StoredSignIn | undefined;
  readonly refund: (commit: Steps<never>) => void;
}

/** The state that the next record starts from: nothing yet, an earlier one, or the one that goes on. */
export class SendBases {
  readonly #deps: SendBasesDeps;

  constructor(deps: SendBasesDeps) {
    this.#deps = deps;
  }

  async ofFactor({ proven, amr, returnTo, client, earlier }: FirstFactor): Promise<NewBase> {
    const { user, tag, id, browser, account, index, now, refund } = proven;
    const known = earlier === undefined ? undefined : await this.#earlier(earlier, tag);
    const person = await proven.accountOrNew();
    const facts = { user, ref: { id, tag }, amr, browser, returnTo, refund };
    return this.#newBase({ ...facts, account, person, index, now, from: earlier, earlier: known }, client);
  }

  /** Under the app's own login. */
  async ofVisit({ currentUser, client }: Visit, user: User, returnTo: string | undefined): Promise<NewBase> {
    const { keyring, store } = this.#deps;
    const tag = keyring.tagOf(user.id);
    const ref = { id: store.newId(), tag, ...(currentUser !== undefined && { currentUser: currentUser.hash }) };
    const found = await this.#deps.people.read(ref, user.id);
    const person = await found.accountOrNew();
    const amr = currentUser?.amr ?? [];
    const facts = { user, ref, amr, returnTo, from: undefined, earlier: undefined, refund: () => undefined };
    return this.#newBase(
      { ...facts, ...found, person, browser: this.#browserOf(client, tag, found.account, found.now) },
      client,
    );
  }

  /** A mark leads on only the person whose sign-in it was; what this session holds of somebody else ends. */
  async #earlier(ref: SignInRef, tag: string): Promise<StoredSignIn | undefined> {
    const { store } = this.#deps;
    return ref.tag === tag ? (await store.follow(ref)).loaded.signIn : (await store.read(ref)).signIn;
  }

  #browserOf({ tokens }: Client, tag: string, account: Account | undefined, now: number): string {
    const known = this.#deps.browsers.read(tokens, now).find((each) => each.tag === tag && isKnownTo(each, account));
    return known?.id ?? '';
  }

  #newBase(beginning: Beginning, client: Client): NewBase {
    const { store } = this.#deps;
    const { user, amr, browser, returnTo, account, person, index, now, earlier, refund } = beginning;
    const isSame = earlier?.record.subject === user.id;
    const joined = joinedBy(beginning);
    const ref = joined ?? beginning.ref;
    const begun = newRecord({ subject: user.id, epoch: person.epoch, amr, browser, returnTo }, now);
    const record = {
      ...begun,
      locale: localeOf(user),
      ...(ref.currentUser !== undefined && { currentUser: ref.currentUser }),
      ...(isSame && continued(earlier.record, now)),
      ...(joined !== undefined && { shown: earlier?.record.shown }),
    };
    const write = (commit: Steps<SendLabel>, next: SignInRecord): StoredSignIn => {
      const kept = store.keepAccount(commit, ref.tag, account, person);
      refund(commit);
      if (isSame) {
        const isJoined = joined !== undefined;
        const written = isJoined ? store.replace(commit, earlier, next) : store.move(commit, earlier, ref.id, next);
        return { ...written, ref, account: kept, now };
      }
      if (earlier !== undefined) store.remove(commit, earlier);
      return store.create(commit, ref, next, { account: kept, now });
    };
    const again = (): Promise<NewBase> => this.#readAgain(beginning, client);
    const signIn = { ref, record, raw: '', account: { ...person, raw: '' }, now };
    const facts = { record, tag: ref.tag, now, unlock: person.unlock, locks: person.locks, index };
    return { ...facts, joined: joined?.id, write, again, signIn };
  }

  /** After a lost race. */
  async #readAgain(beginning: Beginning, client: Client): Promise<NewBase> {
    const { user, ref, from } = beginning;
    const found = await this.#deps.people.read(ref, user.id);
    const earlier = from === undefined ? undefined : await this.#earlier(from, ref.tag);
    const isKnown = beginning.browser !== '';
    const browser = isKnown ? this.#browserOf(client, ref.tag, found.account, found.now) : '';
    const person = await found.accountOrNew();
    return this.#newBase({ ...beginning, ...found, person, browser, earlier }, client);
  }

  /** A record that goes on under its own id. */
  inPlace(flow: SignInFlow, signIn: StoredSignIn, returnTo: string | undefined): SendBase {
    const { store } = this.#deps;
    const { grant, challenge } = flow;
    // A step-up goes where it was asked for, not where the sign-in once led.
    const isContinued = !isDoneBy(grant) || challenge !== undefined;
    const record = {
      ...signIn.record,
      challenge,
      returnTo: returnTo ?? (isContinued ? signIn.record.returnTo : undefined),
    };
    return {
      ...personOf(signIn),
      record,
      write: (commit, next) => {
        store.expectAccount(commit, signIn);
        return store.replace(commit, signIn, next);
      },
      again: async () => {
        const now = flowOf(await store.read(signIn.ref));
        if (now.signIn === undefined) throw new SmsOtpError('SIGN_IN_REQUIRED');
        return this.inPlace(now, now.signIn, returnTo);
      },
    };
  }

  /** A record that goes on under a new id. */
  moving(signIn: StoredSignIn, record: SignInRecord): NewBase {
    const { store } = this.#deps;
    const id = store.newId();
    return {
      ...personOf(signIn),
      index: undefined,
      record,
      signIn: { ...signIn, record },
      write: (commit, next) => {
        store.expectAccount(commit, signIn);
        return store.move(commit, signIn, id, next);
      },
      again: async () => {
        const { signIn: now } = await store.read(signIn.ref);
        if (now === undefined) throw new SmsOtpError('SIGN_IN_REQUIRED');
        return this.moving(now, { ...record, shown: now.record.shown });
      },
    };
  }
}

/**
 * A password that is posted twice at once in one browser: the second request goes on with the sign-in that the first has
 * begun, under the same id. Else the session of the first would hold a record that has moved on.
 */
function joinedBy({ user, ref, from, earlier }: Beginning): SignInRef | undefined {
  if (earlier === undefined || earlier.ref.id === from?.id) return undefined;
  const { subject, grant, isSignedOut } = earlier.record;
  const isBegun = subject === user.id && grant === undefined && isSignedOut !== true;
  return isBegun ? { ...ref, id: earlier.ref.id } : undefined;
}

/** Signing in again in one browser goes on with the code that is pending there: its attempts and its pause stay. */
function continued(earlier: SignInRecord, now: number): Pick<SignInRecord, 'challenge' | 'purpose' | 'number'> {
  const challenge = pendingOf(earlier, now);
  if (challenge?.purpose !== 'sign-in') return {};
  return { challenge, purpose: 'sign-in', number: challenge.number };
}

function personOf({
  ref,
  account,
  now,
  index,
}: StoredSignIn): Pick<SendBase, 'tag' | 'now' | 'unlock' | 'locks' | 'index'> {
  return { tag: ref.tag, now, unlock: account.unlock, locks: account.locks, index };
}
