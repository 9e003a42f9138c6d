import type { Locale, PluralForms } from '../locales/locale.ts';

/** A text with its values in place of the braces. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  // A masked number must not break over two lines.
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    String(values[name] ?? placeholder).replaceAll(' ', '\u00a0'),
  );
}

/** The form of a text that its language has for this number; what `Intl` does not know counts as English does. */
export function pluralForm(forms: PluralForms, number: number, { tag }: Locale): string {
  return forms[new Intl.PluralRules([tag, 'en']).select(number)] ?? forms.other;
}

/** A span of time in words: whole minutes from two minutes on, and rounded up, so that waiting so long is enough. */
export function inWords(seconds: number, { tag }: Locale): string {
  const [amount, unit] =
    seconds < 120 ? [seconds, 'second'] : seconds < 7200 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat([tag, 'en'], { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(amount));
}
