import type { Purpose } from './challenge.ts';
import { countSegments, withGsmLetters } from './gsm.ts';

export const NOTICES = [
  ...(['numberAdded', 'numberRemoved', 'browserCopied'] as const),
  ...(['helpCodeIssued', 'helpCodeUsed', 'recoveryCodeUsed'] as const),
] as const;

/** The events that a user's phones are told of. */
export type Notice = (typeof NOTICES)[number];

/** The words of one SMS; `{app}`, `{code}` and `{minutes}` are filled in. */
export interface SmsText {
  readonly full: string;
  /** Used if it takes fewer segments than the full text. */
  readonly short: string;
}

export type SmsTexts = Readonly<Record<Purpose | Notice, SmsText>>;

/** The parts of an SMS: configuration and the code, and nothing that a user or a request could bring in. */
export interface SmsFacts {
  readonly appName: string;
  readonly code: string;
  readonly minutes: number;
  /** Host of the page that the code may be typed into; absent without the `origin` option. */
  readonly host: string | undefined;
}

/** The SMS with its code, in the longer text unless the short one takes fewer segments. */
export function composeSms({ full, short }: SmsText, facts: SmsFacts): string {
  return inFewestSegments(fill(full, facts), fill(short, facts));
}

/** An SMS without a code, likewise. */
export function composeNotice({ full, short }: SmsText, appName: string): string {
  const inApp = (template: string): string => template.replaceAll('{app}', () => appName);
  return inFewestSegments(inApp(full), inApp(short));
}

function inFewestSegments(...texts: readonly [string, string]): string {
  const [full, short] = [withGsmLetters(texts[0]), withGsmLetters(texts[1])];
  return countSegments(full) <= countSegments(short) ? full : short;
}

/** The last line binds the code to the site (https://wicg.github.io/sms-one-time-codes/). */
function fill(template: string, { appName, code, minutes, host }: SmsFacts): string {
  const values: Readonly<Record<string, string>> = { app: appName, code, minutes: String(minutes) };
  const words = template.replace(/\{(app|code|minutes)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
  return host === undefined ? words : `${words}\n\n@${host} #${code}`;
}
