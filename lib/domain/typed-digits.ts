/** A blank, as people and programs write it, and three letters that look like one. */
const BLANK = /[^\S\n]|[\u2800\u115f\u1160]/g;
/** A dash, the signs that are used in its place, and a long vowel of Japanese. */
const DASH = /[\p{Pd}\u2212\u2043\u02d7\u2796\u30fc\u2500]/gu;
/** Nobody sees them: marks of direction, soft hyphens, joiners, what makes an emoji of a digit. */
const UNSEEN = /\p{Cf}|\p{Variation_Selector}|\u20e3/gu;

/**
 * A text whose decimal digits, of any script, are ASCII ones, whose blanks and dashes are plain, and without marks that
 * nobody sees. Full-width signs become plain ones (NFKC), which must not turn a raised digit into one to be read: callers
 * look for `\p{No}` before.
 */
export function withPlainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')
    .replace(UNSEEN, '')
    .replace(BLANK, ' ')
    .replace(DASH, '-')
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
}

/** Unicode has the decimal digits of each script in a row from 0 to 9. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}
