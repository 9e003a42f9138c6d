import type { PhoneChange, Purpose } from './challenge.ts';
import type { Payer } from './payer.ts';
import type { User } from './user.ts';

/** One code that is to be sent: to whom, where to and what for. */
export interface SendOrder {
  /** As the directory knows the user now. */
  readonly user: User;
  /** E.164. */
  readonly number: string;
  readonly purpose: Purpose;
  /** What the code changes. */
  readonly change?: PhoneChange | undefined;
  /** Wishes for the language of the text, best first. */
  readonly languages: readonly string[];
  readonly signIn: string;
  /** The session's challenge, if it has one. */
  readonly challengeId: string | undefined;
  readonly payer: Payer;
  /** `req.ip`. */
  readonly ip: string | undefined;
  /** What the app or its proxy calls the request. */
  readonly requestId?: string | undefined;
  /** What the client's address is counted under. */
  readonly addressBlock: string;
}
