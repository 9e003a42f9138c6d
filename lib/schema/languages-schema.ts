import { z } from 'zod';
import type { SmsText } from '../domain/message.ts';
import { en } from '../locales/en.ts';
import { LANGUAGES } from '../locales/languages.ts';
import type { OwnTexts, PluralForms } from '../locales/locale.ts';

const PLACEHOLDERS = /\{\w+\}/g;
/** The most characters of tags in a message. */
const LONGEST_LIST = 100;

/** A text with no other placeholders than the English one. */
function textLike(english: string): z.ZodString {
  const known: readonly string[] = english.match(PLACEHOLDERS) ?? [];
  const problem = `must be a text of 1 to 500 characters, with ${known.join(', ') || 'nothing'} in braces`;
  const isFilled = (text: string): boolean => text.match(PLACEHOLDERS)?.every((name) => known.includes(name)) ?? true;
  return z.string(problem).min(1, problem).max(500, problem).refine(isFilled, problem);
}

function formsLike({ other }: PluralForms): z.ZodType<PluralForms> {
  const form = textLike(other).exactOptional();
  return z.strictObject({ zero: form, one: form, two: form, few: form, many: form, other: textLike(other) });
}

function smsLike({ full }: SmsText): z.ZodType {
  const hasCode = (text: string): boolean => !full.includes('{code}') || text.includes('{code}');
  const text = textLike(full).refine(hasCode, 'must have {code} in it').exactOptional();
  return z.strictObject({ full: text, short: text });
}

/** An object with these keys, all optional. */
function someOf<Text>(english: { readonly [name: string]: Text }, schemaOf: (text: Text) => z.ZodType) {
  const schemas = Object.entries(english).map(([name, text]) => [name, z.exactOptional(schemaOf(text))]);
  return z.strictObject(Object.fromEntries(schemas));
}

const sms: z.ZodType<NonNullable<OwnTexts['sms']>> = someOf(en.sms, smsLike);
const pages: z.ZodType<NonNullable<OwnTexts['pages']>> = someOf({ ...en.pages }, (text) =>
  typeof text === 'string' ? textLike(text) : formsLike(text),
);
const errors: z.ZodType<NonNullable<OwnTexts['errors']>> = someOf(en.errors, textLike);
const texts = { sms: sms.exactOptional(), pages: pages.exactOptional(), errors: errors.exactOptional() };
const direction = z.enum(['ltr', 'rtl'], 'must be ltr or rtl').exactOptional();

/** The option `messages`: replaced texts, by language. */
export const messagesSchema = byTag(z.strictObject(texts));
/** The option `locales`: the app's own languages. */
export const localesSchema = byTag(z.strictObject({ ...texts, dir: direction }));

function byTag<Own extends z.ZodType>(own: Own): z.ZodRecord<z.ZodString, Own> {
  return z.record(z.string().refine(isTag), own, {
    error: ({ code }) => (code === 'invalid_key' ? 'must be named by a language, as de or pt-BR' : 'must be an object'),
  });
}

/** Only the form that BCP 47 recommends, so that no language is given twice. */
function isTag(text: string): boolean {
  try {
    return /^[a-z]{2,3}\b/.test(text) && Intl.getCanonicalLocales(text)[0] === text;
  } catch {
    return false;
  }
}

interface Texts {
  readonly locales?: unknown;
  readonly messages?: unknown;
}

/** Whether every language in `messages` exists: a mistyped tag would change nothing. */
export function areLanguagesKnown(options: Texts): boolean {
  return unknownTags(options).length === 0;
}

/** Names the unknown languages. */
export function describeUnknown({ input }: { readonly input?: unknown }): string {
  const tags = unknownTags(Object(input)).join(', ').slice(0, LONGEST_LIST);
  return `names a language that is not there (${tags}): locales adds one`;
}

/** Omits what is not a tag: that is a problem of its own. */
function unknownTags(options: Texts): readonly string[] {
  const known = [...Object.keys(Object(options.locales)), ...LANGUAGES.map(({ tag }) => tag)];
  return Object.keys(Object(options.messages)).filter((tag) => isTag(tag) && !known.includes(tag));
}
