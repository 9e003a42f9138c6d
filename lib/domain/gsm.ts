// GSM 03.38 (3GPP TS 23.038, section 6.2.1); the extension table's characters take two septets.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};
const ESCAPE = 0x1b;
const NONE = -1;
const EXTENDED = 0x80;
/** By UTF-16 unit, the euro sign's being the highest; an array is several times faster than a map of characters. */
const SEPTETS = new Int16Array('€'.charCodeAt(0) + 1).fill(NONE);
for (const [septet, character] of [...BASIC].entries()) SEPTETS[character.charCodeAt(0)] = septet;
for (const [character, septet] of Object.entries(EXTENSION)) SEPTETS[character.charCodeAt(0)] = EXTENDED + septet;
SEPTETS[ESCAPE] = NONE;

/** Signs of typesetting, with those of the alphabet that stand for them. */
const TYPOGRAPHY: readonly (readonly [RegExp, string])[] = [
  [/[\u2018-\u201b\u2032\u02bc\u00b4`]/g, "'"],
  [/[\u201c-\u201f\u2033\u00ab\u00bb]/g, '"'],
  [/[\p{Pd}\u2212]/gu, '-'],
  [/\u2026/g, '...'],
  [/\p{Zs}/gu, ' '],
  [/\p{Cf}/gu, ''],
  [/\u2122/g, 'TM'],
  [/\u00ae/g, '(R)'],
  [/\u00a9/g, '(C)'],
];

/** The text in the letters of GSM 03.38 if only signs of typesetting keep it from that; composed (NFC) in any case. */
export function withGsmLetters(text: string): string {
  const composed = text.normalize('NFC');
  if (gsmSeptets(composed) !== undefined) return composed;
  const plain = withoutTypography(composed);
  return gsmSeptets(plain) === undefined ? composed : plain;
}

/** The letters that keep a text from GSM 03.38, each once. */
export function lettersOutsideGsm(text: string): readonly string[] {
  const letters = new Set(withoutTypography(text.normalize('NFC')));
  return [...letters].filter((letter) => gsmSeptets(letter) === undefined);
}

function withoutTypography(text: string): string {
  return TYPOGRAPHY.reduce((plain, [signs, letter]) => plain.replace(signs, letter), text);
}

/** The text's septets in GSM 03.38, one a number; `undefined` if a character is not in that alphabet. */
export function gsmSeptets(text: string): readonly number[] | undefined {
  const septets: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const coded = SEPTETS[text.charCodeAt(index)] ?? NONE;
    if (coded === NONE) return undefined;
    if (coded >= EXTENDED) septets.push(ESCAPE, coded - EXTENDED);
    else septets.push(coded);
  }
  return septets;
}

/** The room of an SMS alone, and as one of several, each of which then begins with a header. */
const LIMITS = { gsm: { whole: 160, part: 153 }, ucs2: { whole: 70, part: 67 } } as const;

/** A text as it goes into SMS: septets of GSM 03.38, or UTF-16 units if a character is not in that alphabet. */
export interface SegmentedText {
  readonly alphabet: keyof typeof LIMITS;
  /** One for each SMS. */
  readonly segments: readonly (readonly number[])[];
}

/**
 * Cuts a text at the point where an SMS is full (3GPP TS 23.040, section 9.2.3.24.1): at 160 or 70, or at 153 or 67 of
 * several.
 */
export function segmentText(text: string): SegmentedText {
  const septets = gsmSeptets(text);
  const alphabet = septets === undefined ? 'ucs2' : 'gsm';
  const { whole, part } = LIMITS[alphabet];
  const units = septets ?? Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return { alphabet, segments: units.length <= whole ? [units] : split(units, part) };
}

/** How many SMS a text needs. */
export function countSegments(text: string): number {
  return segmentText(text).segments.length;
}

/** No part ends between the halves of a character: after the escape septet, or after a high surrogate. */
function split(units: readonly number[], length: number): readonly number[][] {
  const parts: number[][] = [];
  for (let start = 0; start < units.length; ) {
    const last = units[start + length - 1] ?? 0;
    const isHalf = last === ESCAPE || (last >= 0xd800 && last <= 0xdbff);
    const end = start + length - (isHalf ? 1 : 0);
    parts.push(units.slice(start, end));
    start = end;
  }
  return parts;
}
