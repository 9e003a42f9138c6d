import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import type { Locale } from './locale.ts';
import { sv } from './sv.ts';

/** The languages that come with the package. */
export const LOCALES: readonly Locale[] = [en, de, fr, es, sv, ar];

/** The tag at the beginning of a longer text, as `sv_SE.UTF-8`; RFC 5646 names no tag that is longer. */
const TAG = /^[a-z]{2,8}(?:[-_][a-z\d]{1,8}){0,4}/i;

/** The languages of one instance. */
export class Languages {
  readonly all: readonly Locale[];
  readonly #byTag: ReadonlyMap<string, Locale>;

  constructor(locales: readonly Locale[]) {
    this.#byTag = new Map(locales.map((locale) => [locale.tag.toLowerCase(), locale]));
    this.all = [...this.#byTag.values()];
  }

  /**
   * The first that is there, as it is wished or less exactly (RFC 4647, section 3.4): `sv` for `sv-SE`. Else English.
   *
   * @param wishes BCP 47 tags, best first; what is none counts for nothing
   */
  choose(wishes: readonly string[]): Locale {
    for (const wish of wishes) {
      const found = this.#find(wish);
      if (found !== undefined) return found;
    }
    return this.#byTag.get('en') ?? en;
  }

  #find(wish: string): Locale | undefined {
    const parts = TAG.exec(wish)?.[0].toLowerCase().split(/[-_]/) ?? [];
    for (; parts.length > 0; parts.pop()) {
      const locale = this.#byTag.get(parts.join('-'));
      if (locale !== undefined) return locale;
    }
    return undefined;
  }
}
