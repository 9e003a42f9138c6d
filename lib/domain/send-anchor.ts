import type { SmsOtpError } from '../errors.ts';
import type { Steps } from './commit.ts';
import type { Keyring } from './keyring.ts';
import { tooManySends } from './send-limiter.ts';
import type { SendOrder } from './send-order.ts';

/** An anchor's message to another request of the same browser. */
interface Anchor {
  readonly id: string;
  readonly resendAt: number;
}

/** Another request of the same browser has just begun the same challenge. */
export class SentAlready extends Error {
  /** Id of its record. */
  readonly id: string;
  /** The refusal if that sign-in is over by now, though its message went out. */
  readonly wait: SmsOtpError;

  constructor(id: string, wait: SmsOtpError) {
    super('Another request of this browser sends the code.');
    this.id = id;
    this.wait = wait;
  }
}

/** Names the anchor of a send, by which a double press of one browser is one SMS; absent for a program without a session. */
export function anchorOf(keyring: Keyring, { client, user, purpose, number }: SendOrder): string | undefined {
  const { scope } = client.session;
  return scope === undefined ? undefined : keyring.hash('anchor', scope, user.id, purpose, number);
}

/** Keeps a second send away until the next one is due. @returns the step's place */
export function createAnchor(
  commit: Steps<'anchor'>,
  keyring: Keyring,
  anchor: string,
  id: string,
  resendAt: number,
  now: number,
): number {
  const [key, value] = [keyring.key('an', anchor), { id, resendAt } satisfies Anchor];
  const seconds = Math.max(1, Math.ceil((resendAt - now) / 1000));
  return commit.create('anchor', key, keyring.seal(anchor, key, JSON.stringify(value)), seconds);
}

/** Finds the send that another request of this browser has begun: a first send joins it, any other must wait. */
export function heldBy(
  keyring: Keyring,
  { anchor = '', order }: { readonly anchor: string | undefined; readonly order: SendOrder },
  raw: string | undefined,
  now: number,
): SentAlready | SmsOtpError {
  const text = raw === undefined ? undefined : keyring.open(anchor, keyring.key('an', anchor), raw);
  const { id, resendAt }: Anchor = text === undefined ? { id: '', resendAt: now } : JSON.parse(text);
  const wait = tooManySends((resendAt - now) / 1000);
  return order.isNewSession && id !== '' ? new SentAlready(id, wait) : wait;
}
