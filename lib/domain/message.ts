import { PURPOSES, type Purpose } from './challenge.ts';
import { countSegments, withGsmLetters } from './gsm.ts';
import { type Country, countryOf, isCountry } from './phone-number.ts';

export const NOTICES = [
  'numberAdded',
  'numberRemoved',
  'browserCopied',
  'helpCodeIssued',
  'helpCodeUsed',
  'recoveryCodeUsed',
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

function inFewestSegments(fullText: string, shortText: string): string {
  const full = withGsmLetters(fullText);
  const short = withGsmLetters(shortText);
  return countSegments(full) <= countSegments(short) ? full : short;
}

function fill(template: string, { appName, code, minutes, host }: SmsFacts): string {
  const values: Readonly<Record<string, string>> = { app: appName, code, minutes: String(minutes) };
  const words = template.replace(/\{(app|code|minutes)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
  return host === undefined ? words : withLastLine(words, host, code);
}

/** It binds the code to the site (https://wicg.github.io/sms-one-time-codes/). */
function withLastLine(words: string, host: string, code: string): string {
  return `${words}\n\n@${host} #${code}`;
}

/** The exact text of one SMS, as an operator has registered it. */
export interface SmsTemplate {
  /** `{code}`, `{minutes}` and `{app}` are filled in; all else goes out as it is. A notice has `{app}` only. */
  readonly text: string;
  /** The operator's name for it; the transport is given it with the text. Up to 255 characters. @default none */
  readonly templateId?: string;
  /** Whether the last line with site and code follows; never in notices. @default true */
  readonly lastLine?: boolean;
}

/** The use of an SMS: the purpose of its code, or a notice. */
export type Occasion = Purpose | Notice;

/** By the number's country (ISO 3166), then by purpose or notice. A country that is listed needs all that are in use. */
export type SmsTemplates = Readonly<Partial<Record<Country, Readonly<Partial<Record<Occasion, SmsTemplate>>>>>>;

/** A notice has neither code nor life. */
type TemplateFacts = Pick<SmsFacts, 'appName'> & Partial<SmsFacts>;

/** A text with the template that it is. */
export interface TemplatedText {
  readonly text: string;
  readonly templateId?: string;
}

const OCCASIONS: readonly Occasion[] = [...PURPOSES, ...NOTICES];
const PLACEHOLDER = /\{(\w*)\}/g;

/**
 * The text for a number whose country has templates, byte by byte as registered; `undefined` if it has none.
 *
 * @param number E.164
 */
export function composeFromTemplate(
  templates: SmsTemplates,
  number: string,
  occasion: Occasion,
  facts: TemplateFacts,
): TemplatedText | undefined {
  const country = countryOf(number);
  return country === undefined ? undefined : fillTemplate(templates, country, occasion, facts);
}

/** The text of a country; `undefined` if it has none. */
export function fillTemplate(
  templates: SmsTemplates,
  country: Country,
  occasion: Occasion,
  { appName, code = '', minutes = 0, host }: TemplateFacts,
): TemplatedText | undefined {
  const template = templates[country]?.[occasion];
  if (template === undefined) return undefined;
  const { templateId, lastLine = true } = template;
  const values: Readonly<Record<string, string>> = { app: appName, code, minutes: String(minutes) };
  const words = template.text.replace(PLACEHOLDER, (placeholder, name: string) => values[name] ?? placeholder);
  const hasLastLine = lastLine && host !== undefined && !isNotice(occasion);
  return {
    text: hasLastLine ? withLastLine(words, host, code) : words,
    ...(templateId !== undefined && { templateId }),
  };
}

/** The kind of text that numbers of a country get: a template, or without `occasion` the usual text. */
interface TextInUse {
  /** Absent for all countries without templates. */
  readonly country?: Country;
  readonly occasion?: Occasion;
}

/** Only countries that may get an SMS count. */
export function textsInUse(templates: SmsTemplates, allowed: readonly Country[] | undefined): readonly TextInUse[] {
  const countries = allowed ?? Object.keys(templates).filter(isCountry);
  const named = countries.flatMap((country): readonly TextInUse[] => {
    const own = templates[country];
    if (own === undefined) return [{ country }];
    return OCCASIONS.filter((occasion) => own[occasion] !== undefined).map((occasion) => ({ country, occasion }));
  });
  return allowed === undefined ? [...named, {}] : named;
}

/** Problems of templates, in words for the start; names no text. Used are the purposes and notices that can occur. */
export function problemsOfTemplates(templates: SmsTemplates, used: readonly Occasion[]): readonly string[] {
  return Object.entries(templates).flatMap(([country, own]) => [
    ...used
      .filter((occasion) => own[occasion] === undefined)
      .map((occasion) => `${country}.${occasion}: is not set, and the country has templates`),
    ...Object.entries(own).flatMap(([occasion, template]) =>
      [...problemsOf(occasion, template)].map((problem) => `${country}.${occasion}: ${problem}`),
    ),
  ]);
}

function* problemsOf(occasion: string, { text, templateId = 'x' }: SmsTemplate): Generator<string> {
  const known = isNotice(occasion) ? ['app'] : ['app', 'code', 'minutes'];
  const names = Array.from(text.matchAll(PLACEHOLDER), ([, name = '']) => name);
  if (!isNotice(occasion) && !names.includes('code')) yield 'must have {code}';
  if (names.some((name) => !known.includes(name))) yield `may have ${known.map((name) => `{${name}}`).join(', ')} only`;
  if (!/^[ -~]{1,255}$/.test(templateId)) yield 'its templateId must be 1 to 255 printable ASCII characters';
}

function isNotice(occasion: string): boolean {
  return NOTICES.some((notice) => notice === occasion);
}
