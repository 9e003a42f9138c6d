import type { Locale } from '../locales/locale.ts';
import { type Html, html } from './html.ts';
import { fill } from './words.ts';

/** As `Masks` writes it: `••• 0605`, `••• 0605 (NO, 2)`, or `•••` for a number that is not known. */
const MASK = /^•••(?: (?<digits>\d+))?(?: \((?<facts>.+)\))?$/;

/** A masked number as it is seen, and as it is read aloud: "ending in 0 6 0 5", not "bullet bullet bullet". */
export function maskedNumber(phone: string, locale: Locale): Html {
  return fillNumber('{phone}', phone, locale);
}

/** A text with a masked number in place of `{phone}`, once to be seen and once to be heard. */
export function fillNumber(text: string, phone: string, locale: Locale): Html {
  const shown = text.replace('{phone}', () => shownNumber(phone, locale));
  return html`<span aria-hidden="true">${shown}</span><span class="unseen">${speakNumber(text, phone, locale)}</span>`;
}

/** The same for a label that is not seen. */
export function speakNumber(text: string, phone: string, locale: Locale): string {
  return text.replace('{phone}', () => spokenNumber(phone, locale));
}

/** Digit by digit. */
function spokenNumber(phone: string, locale: Locale): string {
  const { digits = '', facts } = read(phone, locale);
  const { numberEndingIn, registeredPhone } = locale.pages;
  const spoken =
    digits === '' ? registeredPhone : numberEndingIn.replace('{digits}', () => Array.from(digits).join(' '));
  return spoken + facts;
}

/** Its digits stay on the right where the text begins there (UAX 9, isolates), and it does not break over two lines. */
function shownNumber(phone: string, locale: Locale): string {
  const { digits = '', facts } = read(phone, locale);
  const mask = digits === '' ? '•••' : `•••\u00a0${digits}`;
  return (locale.dir === 'rtl' ? `\u2066${mask}\u2069` : mask) + facts;
}

function read(phone: string, locale: Locale): { readonly digits: string | undefined; readonly facts: string } {
  const { digits, facts } = MASK.exec(phone)?.groups ?? {};
  if (facts === undefined) return { digits, facts: '' };
  return {
    digits,
    facts: ` (${facts
      .split(', ')
      .map((fact) => inWords(fact, locale))
      .join(', ')})`,
  };
}

/** The name of a country, or which one of several that look the same. */
function inWords(fact: string, { tag, pages }: Locale): string {
  if (/^[A-Z]{2}$/.test(fact)) return new Intl.DisplayNames([tag, 'en'], { type: 'region' }).of(fact) ?? fact;
  return { 1: pages.first, 2: pages.second }[fact] ?? fill(pages.further, { place: fact });
}
