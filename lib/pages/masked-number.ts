import type { Locale } from '../locales/locale.ts';

/**
 * A masked number as it stands in a text: its digits stay on the right where the text begins there (UAX 9, isolates).
 */
export function maskedNumber(phone: string, { dir }: Locale): string {
  return dir === 'rtl' ? `\u2066${phone}\u2069` : phone;
}
