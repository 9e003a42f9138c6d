import type { Purpose } from './challenge.ts';
import type { Notice } from './notices.ts';
import { countSegments } from './segments.ts';

/** The words of one SMS; `{app}`, `{code}` and `{minutes}` are filled in. */
export interface SmsText {
  readonly full: string;
  /** Used if the full text does not fit into one SMS. */
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

/** The SMS with its code: the longer text that fits one segment, else the short one. */
export function composeSms(text: SmsText, facts: SmsFacts): string {
  const full = fill(text.full, facts);
  return countSegments(full) === 1 ? full : fill(text.short, facts);
}

/** An SMS without a code: the longer text that fits one segment, else the short one. */
export function composeNotice({ full, short }: SmsText, appName: string): string {
  const inApp = (template: string): string => template.replaceAll('{app}', () => appName);
  return countSegments(inApp(full)) === 1 ? inApp(full) : inApp(short);
}

/** The last line binds the code to the site (https://wicg.github.io/sms-one-time-codes/). */
function fill(template: string, { appName, code, minutes, host }: SmsFacts): string {
  const values: Readonly<Record<string, string>> = { app: appName, code, minutes: String(minutes) };
  const words = template.replace(/\{(app|code|minutes)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
  return host === undefined ? words : `${words}\n\n@${host} #${code}`;
}
