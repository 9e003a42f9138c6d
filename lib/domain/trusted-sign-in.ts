import { SmsOtpError, stateUnavailable } from '../errors.ts';
import type { Notify } from '../events.ts';
import type { Client } from './client.ts';
import { Commit, type Ledger, MOST_RACES } from './commit.ts';
import { eventFactsOf, type RequestFacts } from './event-facts.ts';
import { grantWithout } from './grant.ts';
import type { Keyring } from './keyring.ts';
import type { Notices } from './notices.ts';
import { type PersonIndex, shardOf } from './person.ts';
import type { Clock } from './ports.ts';
import type { NewBase, SendLabel } from './send-order.ts';
import type { StoredSignIn } from './sign-in-record.ts';
import type { SignInStore } from './sign-in-store.ts';
import {
  isAlive,
  isGood,
  newTrustedBrowser,
  type PresentedToken,
  readTokens,
  rotate,
  type TrustEnd,
  type TrustedBrowser,
  type TrustToken,
} from './trusted-browser.ts';
import type { TrustedBrowsers, TrustList } from './trusted-browsers.ts';
import type { User } from './user.ts';

export interface TrustedSignInsDeps {
  readonly ledger: Ledger;
  readonly store: SignInStore;
  readonly index: PersonIndex;
  readonly keyring: Keyring;
  readonly trusted: TrustedBrowsers;
  readonly notices: Notices;
  readonly numbersOf: (user: User) => readonly string[];
  readonly notify: Notify;
  readonly clock: Clock;
  readonly sessionMaxAgeSeconds: number;
}

interface Presented {
  readonly browser: TrustedBrowser;
  readonly token: PresentedToken;
}

/** Browsers of one person; the one that was used least lately makes room. */
const MOST_BROWSERS = 10;
/** Sign-ins that one browser has opened and that go on; the oldest makes room. */
const MOST_SIGN_INS = 20;

/** Signs people in by a trusted browser, after the password; and trusts a browser after a code. */
export class TrustedSignIns {
  readonly #deps: TrustedSignInsDeps;

  constructor(deps: TrustedSignInsDeps) {
    this.#deps = deps;
  }

  /**
   * A grant in place of a code, if the browser presents a good token of this person: the same commit replaces the token.
   * One that was replaced long ago is a copy: it ends the browser's trust, and the person is told.
   *
   * @returns nothing if a code is needed
   */
  async begin(
    first: NewBase,
    user: User,
    client: Client,
  ): Promise<{ readonly signIn: StoredSignIn; readonly trust: TrustToken } | undefined> {
    const { trusted, ledger } = this.#deps;
    const tokens = readTokens(client.trustTokens);
    if (tokens.length === 0) return undefined;
    let base = first;
    for (let race = 0; race < MOST_RACES; race++) {
      // Of a factor that is locked nothing takes the place.
      if (base.locks.includes(base.record.browser)) return undefined;
      const list = await trusted.read(base.tag);
      const found = await this.#goodOne(base.tag, list, tokens, user, client);
      if (found === undefined) return undefined;
      await trusted.endSignIns(base.tag, tooMany(found.browser, list.now));
      const { commit, signIn, trust, place } = this.#signInSteps(base, list, found, user);
      const outcome = await ledger.run(commit);
      if (outcome.refusal === undefined) {
        await client.session.replace(signIn.ref, false);
        this.#deps.notify('trustedBrowserUsed', this.#facts(user.id, client));
        return { signIn, trust: { ...trust, replaces: this.#presentedOf(list, tokens) } };
      }
      if (outcome.refusal === 'index') base = { ...base, index: outcome.value(place) };
      else if (outcome.refusal !== 'trust') base = await base.again();
    }
    throw stateUnavailable(undefined);
  }

  /** Trusts the browser in which a code was entered. @returns nothing if the account has changed meanwhile */
  async trust(signIn: StoredSignIn, user: User, client: Client): Promise<TrustToken | undefined> {
    const { trusted, ledger, store } = this.#deps;
    const { tag } = signIn.ref;
    const tokens = readTokens(client.trustTokens);
    for (let race = 0; race < MOST_RACES; race++) {
      const list = await trusted.read(tag);
      const [alive, before] = this.#split(list, tokens);
      if (alive.length >= MOST_BROWSERS) {
        await trusted.end(tag, ({ id }) => id === leastUsed(alive)?.id);
        continue;
      }
      const facts = {
        fingerprint: trusted.fingerprintOf(user),
        label: client.browserLabel,
        endsAt: list.now + trusted.lifeMilliseconds,
        signIns: before.flatMap(({ signIns }) => signIns),
      };
      const { browser, token } = newTrustedBrowser(facts, signIn.account, list.now);
      const commit = new Commit<'trust' | 'account'>();
      store.expectAccount(commit, signIn);
      trusted.write(commit, tag, list, [...alive, browser]);
      const { refusal } = await ledger.run(commit);
      if (refusal === 'account') return undefined;
      if (refusal !== undefined) continue;
      this.#deps.notify('browserTrusted', this.#facts(user.id, client));
      const replaces = this.#presentedOf(list, tokens);
      return { token, replaces, milliseconds: trusted.lifeMilliseconds };
    }
    throw stateUnavailable(undefined);
  }

  /** Ends one that a person or an administrator names, or all. @throws SmsOtpError `CONFLICT` if that one is not there */
  async end(subject: string, id: string | undefined, request: RequestFacts): Promise<void> {
    const { trusted, keyring } = this.#deps;
    const ended = await trusted.end(keyring.tagOf(subject), (browser) => id === undefined || browser.id === id);
    if (ended.length > 0) this.#tellEnded(subject, 'ended', request);
    else if (id !== undefined) throw new SmsOtpError('CONFLICT', 'This browser is not trusted any more.');
  }

  /** After a look at the directory: the sign-in that it has opened ends, too. */
  async endChanged(tag: string, subject: string, id: string): Promise<void> {
    const ended = await this.#deps.trusted.end(tag, (browser) => browser.id === id);
    if (ended.length > 0) this.#tellEnded(subject, 'changed', {});
  }

  async #goodOne(
    tag: string,
    list: TrustList,
    tokens: readonly PresentedToken[],
    user: User,
    client: Client,
  ): Promise<Presented | undefined> {
    const { trusted, notices, numbersOf } = this.#deps;
    const presented = tokens.flatMap((token): readonly Presented[] => {
      const browser = list.all.find(({ id }) => id === token.id);
      return browser !== undefined && isAlive(browser, list.account, list.now) ? [{ browser, token }] : [];
    });
    for (const { browser, token } of presented) {
      const isCopy = !isGood(browser, token, list.now);
      if (!isCopy && trusted.fits(browser, user)) continue;
      const ended = await trusted.end(tag, ({ id }) => id === browser.id);
      if (ended.length === 0) continue;
      this.#tellEnded(user.id, isCopy ? 'copied' : 'changed', client);
      if (isCopy) notices.send('browserCopied', user, numbersOf(user));
    }
    // One of a browser that was just ended loses its commit.
    return presented.find(({ browser, token }) => isGood(browser, token, list.now) && trusted.fits(browser, user));
  }

  #signInSteps(base: NewBase, list: TrustList, { browser, token }: Presented, user: User) {
    const { trusted, store, index, sessionMaxAgeSeconds } = this.#deps;
    const commit = new Commit<SendLabel | 'trust'>();
    const next = rotate(browser, token, list.now);
    const { id, fingerprint } = browser;
    const grant = { ...grantWithout('trustedBrowser', user, base.record.amr, list.now), trust: { id, fingerprint } };
    const endsAt = Math.min(list.now + sessionMaxAgeSeconds * 1000, browser.endsAt);
    const signIn = base.write(commit, { ...base.record, grant, endsAt, challenge: undefined, purpose: undefined });
    const going = goingOn(browser, list.now).slice(1 - MOST_SIGN_INS);
    const used = { ...next.browser, signIns: [...going, { id: signIn.ref.id, endsAt }] };
    trusted.write(commit, base.tag, list, [...list.all.filter((one) => one.id !== id), used]);
    const at = { tag: base.tag, shard: shardOf(signIn.ref.id) };
    const place = index.add(commit, at, base.index, [store.entryOf(signIn)], base.now);
    return { commit, signIn, place, trust: { token: next.token, milliseconds: browser.endsAt - list.now } };
  }

  /** Those that go on, and the ones that this browser has presented. */
  #split(
    { all, account, now }: TrustList,
    tokens: readonly PresentedToken[],
  ): readonly [readonly TrustedBrowser[], readonly TrustedBrowser[]] {
    const alive = all.filter((browser) => isAlive(browser, account, now));
    const isPresented = ({ id }: TrustedBrowser): boolean => tokens.some((token) => token.id === id);
    return [alive.filter((browser) => !isPresented(browser)), alive.filter(isPresented)];
  }

  #presentedOf({ all }: TrustList, tokens: readonly PresentedToken[]): readonly string[] {
    return tokens.filter(({ id }) => all.some((browser) => browser.id === id)).map(({ token }) => token);
  }

  #tellEnded(userId: string, reason: TrustEnd, request: RequestFacts): void {
    this.#deps.notify('trustedBrowserEnded', { ...this.#facts(userId, request), reason });
  }

  #facts(userId: string, request: RequestFacts) {
    return eventFactsOf(this.#deps.clock, userId, request);
  }
}

function leastUsed(browsers: readonly TrustedBrowser[]): TrustedBrowser | undefined {
  return [...browsers].sort((a, b) => a.lastUsed - b.lastUsed)[0];
}

function goingOn({ signIns }: TrustedBrowser, now: number): TrustedBrowser['signIns'] {
  return signIns.filter(({ endsAt }) => endsAt > now);
}

/** The oldest, for which there is no place beside one more. */
function tooMany(browser: TrustedBrowser, now: number): TrustedBrowser['signIns'] {
  return goingOn(browser, now).slice(0, 1 - MOST_SIGN_INS);
}
