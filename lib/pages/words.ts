import type { Locale, PluralForms } from '../locales/locale.ts';

/** A text with its values in place of the braces. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  // A masked number must not break over two lines.
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    String(values[name] ?? placeholder).replaceAll(' ', '\u00a0'),
  );
}

/** A page has digits of one kind, those of the code. */
const DIGITS = { numberingSystem: 'latn' } as const;

/** The form of a text that its language has for this number; what `Intl` does not know counts as English does. */
export function pluralForm(forms: PluralForms, number: number, { tag }: Locale): string {
  return forms[new Intl.PluralRules([tag, 'en']).select(number)] ?? forms.other;
}

/** Units of time: seconds in each, its name, and from how many seconds on it is used. */
const UNITS = [
  [86_400, 'day', 172_800],
  [3600, 'hour', 7200],
  [60, 'minute', 120],
] as const;

/** A span of time in words: whole minutes from two minutes on, hours, days, and rounded up, so that waiting so long is enough. */
export function inWords(seconds: number, { tag }: Locale): string {
  const [length, unit] = UNITS.find(([, , from]) => seconds >= from) ?? [1, 'second'];
  return new Intl.NumberFormat([tag, 'en'], { style: 'unit', unit, unitDisplay: 'long', ...DIGITS }).format(
    Math.ceil(seconds / length),
  );
}

/** Several sentences. */
export function inOneLine(sentences: readonly string[], locale: Locale): string {
  return sentences.join(betweenSentences(locale));
}

/** Chinese and Japanese have no blanks between sentences. */
export function betweenSentences({ tag }: Locale): string {
  return /^(?:zh|ja)\b/.test(tag) ? '' : ' ';
}
