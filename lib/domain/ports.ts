import { fault, withoutPassword, withoutSecrets } from '../errors.ts';
import type { Country } from './phone-number.ts';
import type { User } from './user.ts';

/**
 * Holds people, their passwords and their phone numbers. A rejection means "cannot say" (503); it never means
 * "wrong password", and never lets anybody in.
 */
export interface UserStore {
  /** `undefined` if nobody, or more than one, is meant, and if the account is disabled. */
  findUser(key: { readonly id: string } | { readonly username: string }): Promise<User | undefined>;
  /** Needed unless the app has `currentUser`. Is never called with an empty password. */
  checkPassword?(user: User, password: string): Promise<boolean>;
  /**
   * Writes exactly this change, and only if the store still holds what was read: else `'conflict'`. `'refused'`: the
   * store's own rules never allow this value. `remove` is a value as `findUser` gave it.
   */
  changePhoneNumbers?(
    user: User,
    change: { readonly add?: string; readonly remove?: string },
  ): Promise<'done' | 'conflict' | 'refused'>;
  /** Where the numbers of a user whom it has just found stand, for logs and the doctor. `undefined` if not known. */
  phoneSource?(user: User): PhoneSource | undefined;
  /** Numbers that one person can have here. @default many */
  readonly maxNumbers?: number;
  /** The store's report on the last `checkPassword` of this user, for events. @default nothing */
  passwordReport?(user: User): PasswordReport | undefined;
  /** Resolves if the store can be asked now. */
  health?(): Promise<void>;
  /** Everybody whom `findUser` can find, for a count of usable numbers. May reject in the midst of it. */
  users?(): AsyncIterable<User>;
  /** Looks at the way to the store, and with `mustWrite` at whether numbers can be written; changes nothing. */
  examine?(wish: { readonly mustWrite: boolean }): AsyncIterable<Finding>;
  /** Reads what the store holds of this person's numbers, and what it may not show; changes nothing. */
  examinePerson?(user: User): Promise<Finding>;
  /** Whether people may write their own numbers, tried with the right password of one; changes nothing. */
  examineOwnRights?(user: User, password: string): Promise<Finding>;
  /** Lets its connections go; called by `close()` of `smsOtp()`. */
  close?(): Promise<void>;
}

/** Where the numbers of a user stand in a directory. */
export interface PhoneSource {
  /** The entry. */
  readonly dn: string;
  /** In the order of `phoneNumbers`; a value that several attributes hold comes several times. */
  readonly values: readonly { readonly attribute: string; readonly value: string }[];
  /** The country that the entry names, though no option uses it. @default nothing */
  readonly country?: string;
}

/** One SMS. */
export interface SmsMessage {
  /** E.164 with its plus. */
  readonly to: string;
  /** In any alphabet, of one or several segments; never to be logged. */
  readonly text: string;
  /** When the code in the text dies: later than that it need not arrive. */
  readonly expiresAt: Date;
  /** The id of the registered template that the text is, if it is one (`smsTemplates`). */
  readonly templateId?: string;
}

/** The result of a submit. `unknown` counts as sent: the network may still deliver it. */
export type SendResult =
  | {
      readonly status: 'accepted' | 'unknown';
      readonly smsc?: string;
      readonly route?: string;
      readonly messageId?: string;
    }
  | { readonly status: 'refused'; readonly reason: 'number' };

/** A delivery receipt: the network's later word on a message. */
export interface DeliveryReceipt {
  /** The name of the SMSC that took the message. */
  readonly smsc: string;
  /** In the form that `send` gave. */
  readonly messageId: string;
  /** `unknown`: it is over, and the network cannot say how. */
  readonly state: 'delivered' | 'failed' | 'unknown';
  /** The network's own code, for logs and events. @default none */
  readonly reason?: string;
}

/** `degraded`: it works, but less well than it should. `down`: what needs it is refused. */
export type HealthStatus = 'ready' | 'degraded' | 'down';

/** Whether messages can be sent now. */
export interface TransportHealth {
  /** `degraded` if some SMSCs work and others do not. */
  readonly status: HealthStatus;
  /** By the SMSC's name. */
  readonly smscs: Readonly<Record<string, SmscHealth>>;
  /** By the route's name, if the transport has routes: `down` if none of its SMSCs works. */
  readonly routes?: Readonly<Record<string, HealthStatus>>;
}

export interface SmscHealth {
  readonly status: HealthStatus;
  /** Since when it has this status, in ISO 8601. */
  readonly since?: string;
  /** Names a status or a system error, never a number or a text. */
  readonly lastError?: string;
}

/** A text with a made-up code, to show what would be sent. */
export interface SampleText {
  /** The country whose numbers get it. @default all countries that no other sample names */
  readonly country?: Country;
  readonly text: string;
  readonly templateId?: string;
}

/** Carries an SMS to the network. */
export interface SmsTransport {
  /** Rejects only if the message surely was not sent. */
  send(message: SmsMessage): Promise<SendResult>;
  /**
   * Calls back for every receipt, also for one that comes before `send` resolves. Called once, at start. `delivered` is
   * final: no other state of that message is told after it.
   */
  onReceipt?(listener: (receipt: DeliveryReceipt) => void): void;
  /** Connects ahead of the first message; `send` works without it. */
  open?(): void;
  /** How each SMSC is now; sends nothing. */
  health?(): Promise<TransportHealth>;
  /** Looks at the way to each SMSC, step by step, and sends nothing. */
  examine?(samples?: readonly SampleText[]): AsyncIterable<Finding>;
  /** Names, at the start, the texts that it would not send, in words without the texts; sends nothing, asks nobody. */
  checkTexts?(samples: readonly SampleText[]): readonly string[];
  /** Drains, then unbinds. */
  close?(): Promise<void>;
}

/** Milliseconds since 1970; handed in, so that tests can move it. */
export type Clock = () => number;

/** One thing that was looked at, for operators: no text in it holds a secret, a code or a full phone number. */
export interface Finding {
  /** The subject that was examined, as `SMSC smsc.example.net:3550 TLS`. */
  readonly check: string;
  /** `warning`: it works, but is worth less than it could be. `skipped`: `detail` says why it was not looked at. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** The observation, or why there is none; never a password, a code or a full number. */
  readonly detail: string;
  /** The remedy. */
  readonly remedy?: string;
}

/**
 * Why a directory refused a password. `wrong` also covers a directory that tells no more. It goes into the event only:
 * the answer to the browser is the same for all.
 */
export type PasswordRefusal =
  | 'wrong'
  | 'unknown'
  | 'locked'
  | 'expired'
  | 'mustChange'
  | 'disabled'
  | 'accountExpired'
  | 'noPassword'
  | 'notNow'
  | 'notAllowed';

/** A directory's report on a password that was just checked. */
export interface PasswordReport {
  /** Absent if the password was accepted. */
  readonly refusal?: PasswordRefusal;
  /** Sign-ins that are left with an expired password. */
  readonly graceLoginsRemaining?: number;
  readonly expiresInSeconds?: number;
}

/** The user store, whose every rejection becomes `DIRECTORY_UNAVAILABLE`. */
export type Directory = Required<Pick<UserStore, 'findUser' | 'checkPassword' | 'changePhoneNumbers'>> &
  Pick<UserStore, 'maxNumbers' | 'passwordReport'>;

export function failClosedDirectory(store: UserStore): Directory {
  const ask = async <T>(
    question: () => Promise<T> | undefined,
    clean = (cause: unknown): unknown => cause,
  ): Promise<T> => {
    try {
      const answer = question();
      if (answer === undefined) throw new Error('The user store has no such method.');
      return await answer;
    } catch (cause) {
      throw fault('DIRECTORY_UNAVAILABLE', clean(cause));
    }
  };
  return {
    // Stores in plain JavaScript say `null`.
    findUser: async (key) => (await ask(() => store.findUser(key))) ?? undefined,
    checkPassword: (user, password) =>
      ask(
        () => store.checkPassword?.(user, password),
        (cause) => withoutPassword(cause, password),
      ),
    changePhoneNumbers: (user, change) =>
      ask(
        () => store.changePhoneNumbers?.(user, change),
        (cause) => withoutSecrets(cause, spellingsOf(change)),
      ),
    ...(store.maxNumbers !== undefined && { maxNumbers: store.maxNumbers }),
    passwordReport: (user) => store.passwordReport?.(user),
  };
}

/** As a store may quote them: the longest first, since it holds the others. */
function spellingsOf({ add = '', remove = '' }: Parameters<Directory['changePhoneNumbers']>[1]): readonly string[] {
  return [remove, add, remove.replace(/\D/g, ''), add.slice(1)];
}
