/** Percent-encoded, as it travels in links: long enough for any page, short enough for a header. */
const MAX_LENGTH = 2048;
/** Only its own origin matters: what leaves it was no path. */
const ORIGIN = 'http://own-origin.invalid';

/**
 * Where to go after the sign-in: a path on this site, as a browser would read it; `undefined` for anything else, as
 * `//evil.example`, `/\evil.example` or `https:evil.example`.
 */
export function readReturnTo(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(value)) return undefined;
  if (!URL.canParse(value, ORIGIN)) return undefined;
  const { origin, pathname, search, hash } = new URL(value, ORIGIN);
  if (origin !== ORIGIN || pathname.startsWith('//')) return undefined;
  const path = pathname + search + hash;
  return encodeURIComponent(path).length > MAX_LENGTH ? undefined : path;
}
