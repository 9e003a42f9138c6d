import type { HistorySend } from '../domain/history.ts';
import type { SupportNumber, SupportReport } from '../domain/support-desk.ts';

type Problem = NonNullable<SupportNumber['problem']>;

/** Why a value of the directory gets no code. */
export const PROBLEMS: Readonly<Record<Problem, string>> = {
  text: 'cannot be read: it is cut off, or holds letters or signs that no phone number has',
  notANumber: 'cannot be read: it is a date, opening hours, a network address, a decimal number or one digit all over',
  extension: 'cannot be read: it has an extension, so the code would ring at a switchboard',
  internal: 'cannot be read: it is too short, an extension inside a company',
  tail: 'cannot be read: it names a second number by its last digits only',
  noCountry: 'cannot be read: it has no country code, and no default country is set',
  unknownCountry: 'cannot be read: it has no country code, and the country of the person is unknown',
  addPlus: 'cannot be read: it is also a number of another country. Add a plus and the country code',
  ambiguous: 'cannot be read: it means two different numbers. Add a plus and the country code',
  invalid: 'cannot be read: no numbering plan has such a number',
  noSms: 'gets no code: it is a premium, toll-free, company, pager or voicemail number',
  countryNotAllowed: 'gets no code: its country is not in allowedCountries',
};

/** The words for the state of a message. */
const STATES: Readonly<Record<HistorySend['state'], string>> = {
  queued: 'on its way to the SMSC, which has not answered yet',
  accepted: 'taken by the SMSC; no delivery receipt has come',
  delivered: 'delivered',
  failed: 'not delivered',
  unknown: 'sent; the network cannot say what became of it',
  refused: 'not sent',
};

/** The words for an event, by the first part of a note's kind. */
const NOTES: Readonly<Record<string, string>> = {
  noPhoneNumber: 'No code was sent: there was no number that a code can go to',
  codeAccepted: 'A code was right',
  factorLocked: 'Locked: too many wrong codes in 30 days',
  locked: 'Locked by an administrator',
  unlocked: 'Unlocked by an administrator',
  numberAdded: 'A number was added',
  numberRemoved: 'A number was removed',
  noticeFailed: 'A number could not be told of a change',
  userExempt: 'No code was sent: this person needs none (requiredFor)',
  signedOutEverywhere: 'All sign-ins were ended',
  helpCodeIssued: 'A help code was issued',
  helpCodeUsed: 'Signed in by a help code',
  recoveryCodeUsed: 'Signed in by a recovery code',
  recoveryCodesMade: 'New recovery codes were made',
  recoveryCodesReset: 'The recovery codes were made worthless by an administrator',
  browserTrusted: 'A browser was trusted',
  trustedBrowserUsed: 'Signed in by a trusted browser, without a code',
  trustedBrowserEnded: 'The trust in a browser has ended',
  withoutPhoneRefused: 'A help code or a recovery code was not taken',
  firstFactorRefused: 'No code was sent: the password was refused',
  sendRefused: 'No code was sent',
  codeRefused: 'A code was not taken',
  numberUnreadable: 'A number of the directory',
  fault: 'A request ended in a fault',
};

/** Why, by the part of a note's kind behind the colon, or by the reason of a message. */
const REASONS: Readonly<Record<string, string>> = {
  wrong: 'wrong password',
  unknown: 'unknown to the directory',
  locked: 'the directory has locked the account',
  expired: 'the password has expired',
  mustChange: 'the password must be changed first',
  disabled: 'the account is disabled',
  accountExpired: 'the account has expired',
  noPassword: 'the account has no password',
  notNow: 'the directory allows no sign-in at this time',
  notAllowed: 'the directory does not allow this sign-in',
  INVALID_CREDENTIALS: 'wrong password',
  TOO_MANY_SENDS: 'too many codes were sent, or too soon after the last',
  TOO_MANY_ATTEMPTS: 'too many failures',
  FACTOR_LOCKED: 'locked until an administrator unlocks',
  SEND_REFUSED: 'beforeSend refused it, or the country is not allowed',
  PHONE_NOT_ACCEPTED: 'the SMSC does not accept this number',
  SMS_UNAVAILABLE: 'no SMSC could take it',
  DIRECTORY_UNAVAILABLE: 'the directory was down',
  STATE_UNAVAILABLE: 'the shared state was down',
  SHUTTING_DOWN: 'the process was shutting down',
  INVALID_CODE: 'a wrong code, or one of an earlier SMS',
  CODE_EXPIRED: 'the code was too old',
  NO_CHALLENGE: 'no code was pending in that browser',
  BAD_REQUEST: 'not as many digits as a code has',
  SIGN_IN_REQUIRED: 'the session was gone',
  copied: 'a token that had been replaced was used again, as by a copy',
  changed: 'a number or the password was changed in the directory',
  ended: 'the person or an administrator wished it',
};

/** The answer that support looks for first: all that keeps a person from a code now, and the fate of the last one. */
export function inShort(report: SupportReport): readonly string[] {
  return [...standing(report), ...numbersInShort(report), ...lastMessage(report)];
}

function standing({ directory, lock }: SupportReport): readonly string[] {
  return [
    ...(directory === 'down' ? ['The directory cannot be asked now: nobody can sign in who needs it.'] : []),
    ...(directory === 'nobody'
      ? ['The directory has nobody by this id, or the account is disabled: no code is sent.']
      : []),
    ...(lock === 'codes' ? ['Locked after too many wrong codes: no code is sent until somebody unlocks.'] : []),
    ...(lock === 'administrator' ? ['Locked by an administrator: no code is sent until somebody unlocks.'] : []),
  ];
}

function numbersInShort({ directory, numbers }: SupportReport): readonly string[] {
  if (directory !== 'found') return [];
  if (numbers.length === 0) return ['The directory has no phone number of this person: no code can be sent.'];
  const isUsable = numbers.some(({ problem }) => problem === undefined);
  return isUsable ? [] : ['No number of this person can get a code; each says why below.'];
}

function lastMessage({ sends: [last], notes: [note] }: SupportReport): readonly string[] {
  const ofSend = last === undefined ? [] : [`The last message, to ${last.phone}: ${describeSend(last)}.`];
  const isLater = note !== undefined && (last === undefined || note.lastAt > last.at);
  return isLater ? [...ofSend, `Since then: ${describeNote(note.kind)}.`] : ofSend;
}

/** Late is what people have given up on. */
export function describeSend({ state, sentAt, at, reason }: HistorySend): string {
  const why = reason === undefined ? '' : ` (${REASONS[reason] ?? `the network's reason: ${reason}`})`;
  const seconds = Math.round((at - sentAt) / 1000);
  const after =
    state !== 'delivered' ? '' : seconds < 60 ? ` after ${seconds} s` : `, late: after ${Math.round(seconds / 60)} min`;
  return `${STATES[state]}${after}${why}`;
}

export function describeNote(kind: string): string {
  const [event = '', reason = ''] = kind.split(':');
  const why = (OWN_REASONS[event] ?? REASONS)[reason] ?? REASONS[reason];
  return [NOTES[event] ?? event, why ?? reason].filter((text) => text !== '').join(': ');
}

/** Of events whose reasons mean something else than those of a code by SMS. */
const OWN_REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  numberUnreadable: PROBLEMS,
  withoutPhoneRefused: {
    INVALID_CODE: 'it was wrong, used, over, or never issued',
    TOO_MANY_ATTEMPTS: 'too many wrong ones',
    CODE_EXPIRED: 'the sign-in had gone on meanwhile',
  },
};
