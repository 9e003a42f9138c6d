import { type Config, UNNAMED } from '../config.ts';
import { PURPOSES, type Purpose } from '../domain/challenge.ts';
import { countSegments, lettersOutsideGsm } from '../domain/gsm.ts';
import {
  composeFromTemplate,
  composeNotice,
  composeSms,
  fillTemplate,
  NOTICES,
  type Notice,
  type SmsFacts,
  type SmsTexts,
  type TemplatedText,
  textsInUse,
} from '../domain/message.ts';
import type { SampleText } from '../domain/ports.ts';
import { type Languages, SHORT_TEXT_BOUNDS } from '../locales/languages.ts';
import type { Locale } from '../locales/locale.ts';

/** So many letters outside the alphabet may be a slip; more are another script. */
const MOST_AVOIDED = 4;
/** Characters before the code that a preview of one line has room for. */
const LATEST_CODE = 30;

/** A code that is to be written, and what for. */
interface CodeToWrite {
  readonly purpose: Purpose;
  /** E.164: its country may have templates. */
  readonly number: string;
  readonly code: string;
  readonly secondsLeft: number;
}

/**
 * Gives the texts of SMS: the template of the number's country, or else in the first of the wished languages (BCP 47,
 * best first) that there is.
 */
export interface SmsWriter {
  code(what: CodeToWrite, wishes: readonly string[]): Promise<TemplatedText>;
  /** @param number E.164 */
  notice(notice: Notice, number: string, wishes: readonly string[]): Promise<TemplatedText>;
}

/** Warns at once of what the SMS lacks. */
export function createSmsWriter(config: Config, languages: Languages): SmsWriter {
  const { appName, origin, logger, smsTemplates } = config;
  if (origin === undefined) {
    logger.warn('Without the option origin the SMS has no last line that binds its code to this site.');
  }
  if (appName === UNNAMED) {
    logger.warn(`Without the option appName pages and SMS say "${UNNAMED}": set it to the name that people know.`);
  }
  return {
    async code({ purpose, number, code, secondsLeft }, wishes) {
      const facts = factsOf(config, code, secondsLeft);
      const registered = composeFromTemplate(smsTemplates, number, purpose, facts);
      return registered ?? { text: composeSms((await languages.choose(wishes)).sms[purpose], facts) };
    },
    async notice(notice, number, wishes) {
      const registered = composeFromTemplate(smsTemplates, number, notice, { appName });
      return registered ?? { text: composeNotice((await languages.choose(wishes)).sms[notice], appName) };
    },
  };
}

/**
 * Warns of the languages in which even the short text needs more than one SMS. Only those that may need more are read.
 */
export async function warnOfTexts(config: Config, languages: Languages): Promise<void> {
  const { logger } = config;
  try {
    const all = await languages.loadAll(({ alphabet }) => alphabet === undefined || !fitAllTexts(alphabet, config));
    for (const warning of [...lengthWarnings(config, all), ...orderWarnings(all)]) logger.warn(warning);
  } catch {
    logger.warn('Not all languages can be read; English is used in their place. Is the package complete?');
  }
}

/** Whether even the longest texts that ours may have fit into one segment each. */
function fitAllTexts(alphabet: keyof typeof SHORT_TEXT_BOUNDS, config: Config): boolean {
  const { code, notice } = SHORT_TEXT_BOUNDS[alphabet];
  const text = (length: number): string => (alphabet === 'gsm' ? 'x' : 'я').repeat(length);
  const withCode = `{code}{app}${text(code)}`;
  const sms = composeSms({ full: withCode, short: withCode }, sampleFacts(config));
  const without = `{app}${text(notice)}`;
  return [sms, composeNotice({ full: without, short: without }, config.appName)].every(fitsOneSegment);
}

function fitsOneSegment(text: string): boolean {
  return countSegments(text) === 1;
}

/** Languages in which the SMS takes several segments, and what helps. */
function lengthWarnings(config: Config, all: readonly Locale[]): readonly string[] {
  const tooLong = all.filter(({ sms }) => countSmsSegments(sms, config) > 1);
  if (tooLong.length === 0) return [];
  const { appName } = config;
  const name = longestStart(appName, (start) => tooLong.every(({ sms }) => countSmsSegments(sms, config, start) === 1));
  const letters = lettersOutsideGsm(appName);
  const said = [
    `The SMS takes more than one segment in ${tooLong.map(({ tag, sms }) => `${tag} (${countSmsSegments(sms, config)})`).join(', ')}.`,
    ...(letters.length === 0
      ? []
      : [`appName has ${quoted(letters)}, outside GSM 03.38: with it an SMS holds 70 characters, not 160.`]),
    ...tooLong.flatMap(({ tag, sms }) => ownLetters(tag, sms)),
    name === undefined
      ? 'Shorter texts in messages or locales, or a shorter host in origin, help.'
      : `An appName of up to ${name.length} characters helps.`,
  ];
  return [said.join(' ')];
}

/** By halves: a shorter name never takes more segments. `undefined` if not even one letter fits. */
function longestStart(name: string, fits: (start: string) => boolean): string | undefined {
  let fitting = 0;
  let tooLong = name.length;
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(name.slice(0, middle))) fitting = middle;
    else tooLong = middle;
  }
  return fitting === 0 ? undefined : name.slice(0, fitting);
}

/** A few letters that are not in the alphabet may be avoided; those of another script may not. */
function ownLetters(tag: string, sms: SmsTexts): readonly string[] {
  const letters = lettersOutsideGsm(
    Object.values(sms)
      .flatMap(({ full, short }) => [full, short])
      .join(''),
  );
  if (letters.length === 0 || letters.length > MOST_AVOIDED) return [];
  return [`The texts in ${tag} have ${quoted(letters)}, outside GSM 03.38.`];
}

function quoted(letters: readonly string[]): string {
  return letters.map((letter) => `"${letter}"`).join(', ');
}

/** Previews of one line must show the code whole. */
function orderWarnings(all: readonly Locale[]): readonly string[] {
  const late = all.filter(({ sms }) =>
    PURPOSES.some((purpose) => Object.values(sms[purpose]).some((text) => text.indexOf('{code}') > LATEST_CODE)),
  );
  if (late.length === 0) return [];
  const tags = late.map(({ tag }) => tag).join(', ');
  return [`The SMS in ${tags} has its code so late that previews of one line cut it off: begin its texts with {code}.`];
}

/** Of the longest SMS in one language. */
export function countSmsSegments(sms: SmsTexts, config: Config, appName = config.appName): number {
  const facts = { ...sampleFacts(config), appName };
  const codes = PURPOSES.map((purpose) => composeSms(sms[purpose], facts));
  const notices = NOTICES.map((notice) => composeNotice(sms[notice], appName));
  return Math.max(...[...codes, ...notices].map(countSegments));
}

/** The texts that would be sent: to countries with templates each of them, to all others that of the sign-in. */
export async function sampleTexts(config: Config, languages: Languages): Promise<readonly SampleText[]> {
  const { smsTemplates, allowedCountries } = config;
  const facts = sampleFacts(config);
  const usual = { text: composeSms((await languages.choose([])).sms['sign-in'], facts) };
  return textsInUse(smsTemplates, allowedCountries).map(({ country, occasion }) => {
    if (country === undefined) return usual;
    return { country, ...((occasion && fillTemplate(smsTemplates, country, occasion, facts)) ?? usual) };
  });
}

/** With a made-up code. */
export function sampleFacts(config: Config): SmsFacts {
  return factsOf(config, '0'.repeat(config.codeLength), config.codeTtlSeconds);
}

function factsOf({ appName, origin }: Config, code: string, secondsLeft: number): SmsFacts {
  const host = origin === undefined ? undefined : new URL(origin).hostname;
  return { appName, code, minutes: Math.max(1, Math.floor(secondsLeft / 60)), host };
}
