import { gsmSeptets } from './gsm-alphabet.ts';

/** The room of an SMS alone, and as one of several, each of which then begins with a header. */
const LIMITS = { gsm: { whole: 160, part: 153 }, ucs2: { whole: 70, part: 67 } } as const;
const ESCAPE = 0x1b;

/** A text as it goes into SMS: septets of GSM 03.38, or UTF-16 units if a character is not in that alphabet. */
export interface SegmentedText {
  readonly alphabet: keyof typeof LIMITS;
  /** One for each SMS. */
  readonly segments: readonly (readonly number[])[];
}

/** Cuts a text at the point where an SMS is full (3GPP TS 23.040, section 9.2.3.24.1): at 160 or 70, or at 153 or 67 of several. */
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
