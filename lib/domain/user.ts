/** A person as the user store knows them; plain data, never a password. */
export interface User {
  /** The stable id: it survives a change of name. Two people never share one, also not one after the other. */
  readonly id: string;
  /** The name to sign in with, as the store has it. */
  readonly username: string;
  /** Shown in place of the username. @default none */
  readonly displayName?: string;
  /** As the store holds them, in any shape; read with `libphonenumber-js` and sent as E.164. */
  readonly phoneNumbers: readonly string[];
  /**
   * ISO 3166-1 alpha-2, as `SE`: whose national numbers this person's are, in place of `defaultCountry`.
   * @default none
   */
  readonly country?: string;
  /** A BCP 47 tag, as `de` or `sv-SE`, or several as in Accept-Language: `nn, nb;q=0.8` (RFC 2798, section 2.7). */
  readonly locale?: string;
  /** When the password was changed last, if the store knows. */
  readonly passwordChangedAt?: Date;
  /** Further values that the app wants to see, as in `requiredFor`. @default none */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

/** A store in plain JavaScript may also say `null`, or what is no text. */
export function localeOf({ locale }: { readonly locale?: unknown }): string | undefined {
  return typeof locale === 'string' ? locale : undefined;
}

/** Languages to speak in, best first: the user's own, then those of the browser. */
export function wishesOf(locale: string | undefined, languages: readonly string[]): readonly string[] {
  return locale === undefined ? languages : [...byWeight(locale), ...languages];
}

/** Longer values are cut. */
const LONGEST_LOCALE = 1000;

/** The tags of an Accept-Language value (RFC 9110, section 12.5.4), best first; one of weight 0 is not wished. */
function byWeight(value: string): readonly string[] {
  const ranges = value.slice(0, LONGEST_LOCALE).split(',');
  const weighed = ranges.map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
    return { tag, weight: Number(weight ?? 1) };
  });
  return weighed
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}

/** The user that the app's own login has named. */
export interface NamedUser {
  readonly key: { readonly id: string } | { readonly username: string };
  /** Authentication methods (RFC 8176) of the app's login. */
  readonly amr: readonly string[];
  /** Keyed hash, by which a session tells one person from another. */
  readonly hash: string;
}
