import { en } from './en.ts';
import { findClosest, type LanguageTag, lookUp, readTag } from './language-tag.ts';
import type { Locale } from './locale.ts';

/** A language that is read when it is first needed. */
export interface Language {
  /** BCP 47. */
  readonly tag: string;
  /** Reads its texts. */
  readonly load: () => Promise<Locale>;
}

/** The languages that come with the package; only English is read with it. */
export const LANGUAGES: readonly Language[] = [
  { tag: 'en', load: async () => en },
  { tag: 'de', load: async () => (await import('./de.ts')).de },
  { tag: 'fr', load: async () => (await import('./fr.ts')).fr },
  { tag: 'es', load: async () => (await import('./es.ts')).es },
  { tag: 'sv', load: async () => (await import('./sv.ts')).sv },
  { tag: 'ar', load: async () => (await import('./ar.ts')).ar },
  { tag: 'it', load: async () => (await import('./it.ts')).it },
  { tag: 'nl', load: async () => (await import('./nl.ts')).nl },
  { tag: 'pl', load: async () => (await import('./pl.ts')).pl },
  { tag: 'pt-BR', load: async () => (await import('./pt-BR.ts')).ptBR },
  { tag: 'pt-PT', load: async () => (await import('./pt-PT.ts')).ptPT },
  { tag: 'da', load: async () => (await import('./da.ts')).da },
  { tag: 'nb', load: async () => (await import('./nb.ts')).nb },
  { tag: 'fi', load: async () => (await import('./fi.ts')).fi },
  { tag: 'cs', load: async () => (await import('./cs.ts')).cs },
  { tag: 'tr', load: async () => (await import('./tr.ts')).tr },
  { tag: 'zh-Hans', load: async () => (await import('./zh-Hans.ts')).zhHans },
  { tag: 'zh-Hant', load: async () => (await import('./zh-Hant.ts')).zhHant },
  { tag: 'ja', load: async () => (await import('./ja.ts')).ja },
  { tag: 'ko', load: async () => (await import('./ko.ts')).ko },
  { tag: 'uk', load: async () => (await import('./uk.ts')).uk },
  { tag: 'hu', load: async () => (await import('./hu.ts')).hu },
  { tag: 'ro', load: async () => (await import('./ro.ts')).ro },
  { tag: 'id', load: async () => (await import('./id.ts')).id },
  { tag: 'vi', load: async () => (await import('./vi.ts')).vi },
];

/** A browser names a handful. */
const MOST_WISHES = 50;

/** The languages of one instance. */
export class Languages {
  readonly #byTag: ReadonlyMap<string, () => Promise<Locale>>;
  readonly #all: readonly LanguageTag[];
  readonly #own: readonly LanguageTag[];

  /** @param own the app's, which come first: its `pt` also speaks to those who wish `pt-BR` */
  constructor(ours: readonly Language[], own: readonly Language[] = []) {
    this.#byTag = new Map([...ours, ...own].map(({ tag, load }) => [tag, once(load)]));
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
    const load = this.#byTag.get(this.#chooseTag(wishes) ?? 'en');
    try {
      return (await load?.()) ?? en;
    } catch {
      // Its file is gone or out of reach, as in an upgrade under a running process.
      return en;
    }
  }

  /** Reads all of them. */
  async loadAll(): Promise<readonly Locale[]> {
    return Promise.all(Array.from(this.#byTag.values(), (load) => load()));
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
