import { type Country, planned } from './phone-number.ts';

const SHOWN_DIGITS = 4;
const MOST_DIGITS_MORE = 4;

/** How numbers are shown, and never else: `••• 0605`. */
export class Masks {
  readonly #defaultCountry: Country | undefined;

  constructor(defaultCountry?: Country) {
    this.#defaultCountry = defaultCountry;
  }

  /**
   * `••• 0605`; in brackets the country's code if it is not the default's, and the place among those of a person that
   * look the same: `••• 0605 (NO)`, `••• 0605 (2)`, `••• 0605 (NO, 2)`. Up to four digits more tell two numbers apart,
   * as far as at least half of the national number stays hidden.
   *
   * @param number E.164
   * @param others the numbers that it is shown with
   */
  of(number: string, others: readonly string[] = []): string {
    const all = [...new Set([...others, number])];
    for (let more = 0; more <= MOST_DIGITS_MORE; more++) {
      const mask = this.#mask(number, more);
      if (all.every((other) => other === number || this.#mask(other, more).text !== mask.text)) return mask.text;
    }
    const { digits, country, text } = this.#mask(number, 0);
    const place = all.filter((other) => this.#mask(other, 0).text === text).indexOf(number) + 1;
    return written(digits, country, String(place));
  }

  #mask(number: string, more: number): { digits: string; country: Country | undefined; text: string } {
    const { national = '', country } = planned(number) ?? {};
    const shown = Math.min(SHOWN_DIGITS + more, Math.floor(national.length / 2));
    const digits = shown > 0 ? number.slice(-shown) : '';
    const named = this.#defaultCountry === undefined || country === this.#defaultCountry ? undefined : country;
    return { digits, country: named, text: written(digits, named) };
  }
}

function written(digits: string, ...facts: readonly (string | undefined)[]): string {
  const known = facts.filter((fact) => fact !== undefined).join(', ');
  return `••• ${digits}${known === '' ? '' : ` (${known})`}`;
}

/** A number by itself, with nobody's others. */
export function maskPhoneNumber(number: string): string {
  return new Masks().of(number);
}
