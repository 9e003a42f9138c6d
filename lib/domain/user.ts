/** A person as the user store knows them; plain data, never a password. */
export interface User {
  /** The stable id: it survives a change of name. Two people never share one, also not one after the other. */
  readonly id: string;
  readonly username: string;
  readonly displayName?: string;
  /** As the store holds them, in any shape; read with `libphonenumber-js` and sent as E.164. */
  readonly phoneNumbers: readonly string[];
  /** A BCP 47 tag, as `de` or `sv-SE`. */
  readonly locale?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

/** The user's language before those of the browser. A store may also say `null`, or what is no text. */
export function wishesOf(locale: unknown, languages: readonly string[]): readonly string[] {
  return typeof locale === 'string' ? [locale, ...languages] : languages;
}
