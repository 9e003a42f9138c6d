import type { SegmentedText } from '../domain/gsm.ts';
import { en } from './en.ts';
import { findClosest, type LanguageTag, lookUp, readTag } from './language-tag.ts';
import type { Locale } from './locale.ts';

/** A language that is read when it is first needed. */
export interface Language {
  /** BCP 47. */
  readonly tag: string;
  /** That of its SMS, for a language of ours: its short texts are within `SHORT_TEXT_BOUNDS`. */
  readonly alphabet?: SegmentedText['alphabet'];
  /** Reads its texts. */
  readonly load: () => Promise<Locale>;
}

/** The most characters that a short text of ours has beside what is filled in, so that nothing needs to be read to know that it fits. */
export const SHORT_TEXT_BOUNDS = { gsm: { code: 59, notice: 120 }, ucs2: { code: 27, notice: 59 } } as const;

/** The languages that come with the package; only English is read with it. */
export const LANGUAGES: readonly Language[] = [
  { tag: 'en', alphabet: 'gsm', load: async () => en },
  { tag: 'de', alphabet: 'gsm', load: async () => (await import('./de.ts')).de },
  { tag: 'fr', alphabet: 'gsm', load: async () => (await import('./fr.ts')).fr },
  { tag: 'es', alphabet: 'gsm', load: async () => (await import('./es.ts')).es },
  { tag: 'sv', alphabet: 'gsm', load: async () => (await import('./sv.ts')).sv },
  { tag: 'ar', alphabet: 'ucs2', load: async () => (await import('./ar.ts')).ar },
  { tag: 'it', alphabet: 'gsm', load: async () => (await import('./it.ts')).it },
  { tag: 'nl', alphabet: 'gsm', load: async () => (await import('./nl.ts')).nl },
  { tag: 'pl', alphabet: 'gsm', load: async () => (await import('./pl.ts')).pl },
  { tag: 'pt-BR', alphabet: 'gsm', load: async () => (await import('./pt-BR.ts')).ptBR },
  { tag: 'pt-PT', alphabet: 'gsm', load: async () => (await import('./pt-PT.ts')).ptPT },
  { tag: 'da', alphabet: 'gsm', load: async () => (await import('./da.ts')).da },
  { tag: 'nb', alphabet: 'gsm', load: async () => (await import('./nb.ts')).nb },
  { tag: 'fi', alphabet: 'gsm', load: async () => (await import('./fi.ts')).fi },
  { tag: 'cs', alphabet: 'gsm', load: async () => (await import('./cs.ts')).cs },
  { tag: 'tr', alphabet: 'gsm', load: async () => (await import('./tr.ts')).tr },
  { tag: 'zh-Hans', alphabet: 'ucs2', load: async () => (await import('./zh-Hans.ts')).zhHans },
  { tag: 'zh-Hant', alphabet: 'ucs2', load: async () => (await import('./zh-Hant.ts')).zhHant },
  { tag: 'ja', alphabet: 'ucs2', load: async () => (await import('./ja.ts')).ja },
  { tag: 'ko', alphabet: 'ucs2', load: async () => (await import('./ko.ts')).ko },
  { tag: 'uk', alphabet: 'ucs2', load: async () => (await import('./uk.ts')).uk },
  { tag: 'hu', alphabet: 'gsm', load: async () => (await import('./hu.ts')).hu },
  { tag: 'ro', alphabet: 'gsm', load: async () => (await import('./ro.ts')).ro },
  { tag: 'id', alphabet: 'gsm', load: async () => (await import('./id.ts')).id },
  { tag: 'vi', alphabet: 'gsm', load: async () => (await import('./vi.ts')).vi },
];

/** A browser names a handful. */
const MOST_WISHES = 50;

/** The languages of one instance. */
export class Languages {
  readonly #byTag: ReadonlyMap<string, Language>;
  readonly #all: readonly LanguageTag[];
  readonly #own: readonly LanguageTag[];
  readonly #onUnreadable: (tag: string) => void;
  readonly #unreadable = new Set<string>();

  /**
   * @param own the app's, which come first: its `pt` also speaks to those who wish `pt-BR`
   * @param onUnreadable is told once of each language that English is used in place of
   */
  constructor(
    ours: readonly Language[],
    own: readonly Language[] = [],
    onUnreadable: (tag: string) => void = () => {},
  ) {
    this.#onUnreadable = onUnreadable;
    const all = [...ours, ...own].map((language) => ({ ...language, load: once(language.load) }));
    this.#byTag = new Map(all.map((language) => [language.tag, language]));
    this.#own = readTags(own.map(({ tag }) => tag));
    this.#all = readTags([...this.#byTag.keys()]);
  }

  /**
   * The first that is there, as it is wished or less exactly (RFC 4647, section 3.4), or else in the same script: `sv`
   * for `sv-SE`, `zh-Hant` for `zh-TW`. Else English.
   *
   * @param wishes BCP 47 tags, best first; invalid ones are ignored
   */
  async choose(wishes: readonly string[]): Promise<Locale> {
    const language = this.#byTag.get(this.#chooseTag(wishes) ?? 'en');
    try {
      return (await language?.load()) ?? en;
    } catch {
      // Its file is gone or out of reach, as in an upgrade under a running process.
      this.#tellOf(language?.tag ?? 'en');
      return en;
    }
  }

  /** Reads all of them, or those that are asked for. */
  async loadAll(isAskedFor: (language: Language) => boolean = () => true): Promise<readonly Locale[]> {
    return Promise.all(
      Array.from(this.#byTag.values())
        .filter(isAskedFor)
        .map(({ load }) => load()),
    );
  }

  #tellOf(tag: string): void {
    if (this.#unreadable.has(tag)) return;
    this.#unreadable.add(tag);
    this.#onUnreadable(tag);
  }

  #chooseTag(wishes: readonly string[]): string | undefined {
    for (const text of wishes.slice(0, MOST_WISHES)) {
      const wish = readTag(text);
      if (wish === undefined) continue;
      const found = lookUp(wish, this.#own) ?? lookUp(wish, this.#all) ?? findClosest(wish, this.#all);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function readTags(tags: readonly string[]): readonly LanguageTag[] {
  return tags.map(readTag).filter((tag) => tag !== undefined);
}

/** A failure is not kept. */
function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
