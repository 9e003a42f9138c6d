import type { RequestFacts } from './event-facts.ts';
import type { SignInRef } from './sign-in-record.ts';

/** The browser or program behind a request, as far as the policy of a sign-in needs it. */
export interface Client extends RequestFacts {
  /** The counter key of the client's address. */
  readonly addressBlock: string;
  /** Tokens of a known browser; there may be several cookies of that name. */
  readonly tokens: readonly string[];
  /** Tokens of a trusted browser, of one or several people. */
  readonly trustTokens: readonly string[];
  /** As `Firefox, Linux`; empty if it says nothing that is known. */
  readonly browserLabel: string;
  /** Wishes for the language of texts, best first. */
  readonly languages: readonly string[];
  readonly session: ClientSession;
}

/** The app's session, which holds the reference to a sign-in. */
export interface ClientSession {
  /** Names the browser for one SMS per cool-down: its stored session, or the form that it sends; absent for neither. */
  readonly scope: string | undefined;
  /** The same of each session that the request names, also if it is gone. */
  readonly named: readonly string[];
  /** Whether the session is still in its store: an app that signs people out destroys it. */
  isStored(): Promise<boolean>;
  /** Lets the session hold this sign-in under the id that it has. */
  hold(ref: SignInRef): Promise<void>;
  /**
   * Gives the session a new id and lets it hold this sign-in. If it cannot be saved, the session of before stays.
   *
   * @param keepsAll whether all that the app keeps in it survives: the person is the same as before
   * @throws SmsOtpError `STATE_UNAVAILABLE`
   */
  replace(ref: SignInRef, keepsAll: boolean): Promise<void>;
  /**
   * The same for a session that must still be in its store when the new one is: an app that signs people out wins.
   *
   * @throws SmsOtpError `SIGN_IN_REQUIRED`, `STATE_UNAVAILABLE`
   */
  succeed(ref: SignInRef, keepsAll: boolean): Promise<void>;
}
