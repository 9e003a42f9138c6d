/** The tag at the beginning of a longer text, as `sv_SE.UTF-8`; RFC 5646 names no tag that is longer. */
const TAG = /^[a-z]{2,8}(?:[-_][a-z\d]{1,8}){0,4}/i;
/** Languages whose readers read another: all Norwegians read Bokmål, and Cantonese is written in Chinese. */
const READ_AS: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb', yue: 'zh' };
/** Outside Brazil Portuguese is as in Portugal (CLDR, parentLocales). */
const PARENTS: Readonly<Record<string, string>> = { pt: 'PT' };

/** A language as it is written somewhere; what its tag leaves out is filled in as it is likely (UTS 35). */
export interface LanguageTag {
  /** In its canonical form, as `he-IL` for `iw_il`. */
  readonly tag: string;
  readonly language: string;
  readonly script: string | undefined;
  readonly region: string | undefined;
}

/** Reads a BCP 47 tag, as far as it is one. */
export function readTag(text: string): LanguageTag | undefined {
  const parts = TAG.exec(text)?.[0].split(/[-_]/) ?? [];
  for (; parts.length > 0; parts.pop()) {
    try {
      const locale = new Intl.Locale(parts.join('-'));
      const { language, script, region } = locale.maximize();
      return { tag: locale.baseName, language: READ_AS[language] ?? language, script, region };
    } catch {
      // Its beginning may still be a tag.
    }
  }
  return undefined;
}

/** The language as wished, or else less exactly, part by part (RFC 4647, section 3.4); never in another script. */
export function lookUp({ tag, script }: LanguageTag, languages: readonly LanguageTag[]): string | undefined {
  const parts = tag.split('-');
  for (; parts.length > 0; parts.pop()) {
    const range = parts.join('-');
    const found = languages.find((language) => language.tag === range && language.script === script);
    if (found !== undefined) return found.tag;
  }
  return undefined;
}

/** One in the same language and script: that of the same region, or else of the region whose language it follows. */
export function findClosest(wish: LanguageTag, languages: readonly LanguageTag[]): string | undefined {
  const alike = languages.filter(({ language, script }) => language === wish.language && script === wish.script);
  const of = (place: string | undefined): LanguageTag | undefined => alike.find(({ region }) => region === place);
  return (of(wish.region) ?? of(PARENTS[wish.language]) ?? alike[0])?.tag;
}
