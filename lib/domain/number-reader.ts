import { BoundedMap } from '../bounded-map.ts';
import { type DialString, dialParts, digitCount, LEAST_DIGITS, type UnreadableReason } from './dial-string.ts';
import { doubleZero, international, isMobile, isValid, national, type Outcome, valid } from './dialled-number.ts';
import { type Country, type DiallingRules, diallingRules, isCountry, planned } from './phone-number.ts';

/** The format of values without a plus: see the option of this name. */
export type NumberFormat = 'mixed' | 'national' | 'international';

/** A number that a value means, or why it means none. */
export type Reading =
  /** `isValid`: the numbering plan has such a number; else it is possible by its length. */
  { readonly number: string; readonly isValid: boolean } | { readonly reason: UnreadableReason };

export interface NumberRules {
  /** The country that is meant if there is no country code. */
  readonly defaultCountry?: Country | undefined;
  readonly numberFormat?: NumberFormat;
}

/** A value that gives no number, by its place among the values. */
export interface UnreadableValue {
  readonly place: number;
  readonly reason: UnreadableReason;
}

/** A code would reach nobody there, or cost somebody money. */
const NEVER: readonly (string | undefined)[] = [
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'UAN',
  'PAGER',
  'VOICEMAIL',
];
/** One digit all over, as 9999999999: it fills a field. */
const REPEATED = /^(\d)\1+$/;
/** The common codes that ISO 3166-1 does not have as a country's, but reserves. */
const ALIASES: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

/**
 * Reads what directories hold: each value is the number that is meant, or nothing. A number with a plus is trusted if
 * it is possible by its length, since numbering plans change faster than any table; without one it must be certain
 * whose number it is.
 */
export class NumberReader {
  readonly #defaultCountry: Country | undefined;
  readonly #format: NumberFormat;
  readonly #readings = new BoundedMap<string, readonly Reading[]>(1_000);
  readonly #countries = new BoundedMap<string, DiallingRules>(1_000);

  constructor({ defaultCountry, numberFormat = 'mixed' }: NumberRules) {
    this.#defaultCountry = defaultCountry;
    this.#format = numberFormat;
  }

  /**
   * The numbers of a person, in E.164, each once.
   *
   * @param country the person's own (ISO 3166-1 alpha-2), in place of the default
   */
  readAll(
    values: readonly string[],
    country?: string,
  ): { readonly numbers: readonly string[]; readonly unreadable: readonly UnreadableValue[] } {
    const numbers = new Set<string>();
    const unreadable: UnreadableValue[] = [];
    for (const [place, value] of values.entries()) {
      for (const reading of this.read(value, country)) {
        if ('number' in reading) numbers.add(reading.number);
        else unreadable.push({ place, reason: reading.reason });
      }
    }
    return { numbers: [...numbers], unreadable };
  }

  /** The one number that a text means, as somebody types it. */
  readOne(text: string, country?: string): string | undefined {
    const [reading, ...others] = this.read(text, country);
    return reading !== undefined && 'number' in reading && others.length === 0 ? reading.number : undefined;
  }

  /** One value: mostly one number, sometimes several; none if it is a yes or no. */
  read(value: string, country?: string): readonly Reading[] {
    return this.#readings.recall(`${country ?? ''}\n${value}`, () => {
      const home = this.#homeOf(country);
      return dialParts(value).flatMap((part) => ('reason' in part ? [part] : this.#readPart(part, home)));
    });
  }

  #homeOf(country: unknown): Country | 'unknown' | undefined {
    const code = typeof country === 'string' ? country.trim().toUpperCase() : '';
    if (code === '') return this.#defaultCountry;
    const known = ALIASES[code] ?? code;
    return isCountry(known) ? known : 'unknown';
  }

  /** Digits that stand apart at an end of the value are part of the number only if the numbering plan says so. */
  #readPart(part: DialString, home: Country | 'unknown' | undefined): readonly Reading[] {
    const { front, rest, hasCarrier, isAdded } = part;
    if (hasCarrier && home !== 'BR') return [{ reason: 'text' }];
    if (isAdded && !this.#isPlus(part, home)) return [{ reason: 'ambiguous' }];
    if (front !== undefined && this.#isWhole(front, home)) return [{ reason: 'extension' }];
    const readings = this.#readDial(part, home);
    if (this.#hasTail(part, readings, home)) return [{ reason: 'extension' }];
    const isOther = rest !== undefined && this.#isOther(rest, readings, home);
    return isOther ? [{ reason: 'ambiguous' }] : readings;
  }

  /** Behind another number, a plus that stands apart is that of a number only if the digits alone are no other one. */
  #isPlus({ dial }: DialString, home: Country | 'unknown' | undefined): boolean {
    const number = valid(dial.replaceAll('/', ''))?.number;
    const alone = this.#outcomeOf(dial.replace(/[+/]/g, ''), home, false);
    return number !== undefined && (!isValid(alone) || alone.number === number);
  }

  /** Of two valid numbers, the longer one by a single digit that stands apart is none if the shorter one is a mobile number. */
  #hasTail(part: DialString, readings: readonly Reading[], home: Country | 'unknown' | undefined): boolean {
    const { dial, body, isEven } = part;
    if (body === undefined) return false;
    const isUnknown = readings.some((reading) => 'number' in reading && !reading.isValid);
    if (isUnknown) return this.#isWhole(body, home);
    if (isEven) return false;
    const outcome = this.#outcomeOf(body.replaceAll('/', ''), home);
    return digitCount(dial) === digitCount(body) + 1 && isValid(outcome) && isMobile(outcome);
  }

  /** A slash is a sign of punctuation, as in `0171/123`, unless a whole number stands before it. */
  #readDial({ dial, isQuad }: DialString, home: Country | 'unknown' | undefined): readonly Reading[] {
    const dials: string[] = [];
    let begun = '';
    for (const piece of dial.split('/')) {
      const isWhole = piece.startsWith('+') ? begun !== '' : isValid(this.#outcomeOf(begun, home));
      if (isWhole) dials.push(begun);
      begun = isWhole ? piece : begun + piece;
    }
    dials.push(begun);
    if (dials.length > 1 && dials.some((one) => digitCount(one) < LEAST_DIGITS)) return [{ reason: 'tail' }];
    return dials.map((one) => judge(this.#outcomeOf(one, home), isQuad ?? false, REPEATED.test(one)));
  }

  /** In `12 - 0664 1234567` a whole mobile number stands behind a first group, which then is no part of the number. */
  #isOther(rest: string, [reading]: readonly Reading[], home: Country | 'unknown' | undefined): boolean {
    if (reading === undefined || 'reason' in reading || home === undefined || home === 'unknown') return false;
    const { hasTrunkMobiles, trunkPrefix } = this.#rulesOf(home);
    const [whole, outcome] = [planned(reading.number), this.#outcomeOf(rest, home)];
    const isMobileBehind = isValid(outcome) && isMobile(outcome) && outcome.number !== reading.number;
    return isMobileBehind && !(whole && isMobile(whole)) && (!hasTrunkMobiles || rest.startsWith(trunkPrefix));
  }

  /** `+46 (70) 174 (0605)` is one number; in `0664 1234567 (2)` there is one before the brackets. */
  #isWhole(dial: string, home: Country | 'unknown' | undefined): boolean {
    return this.#readDial({ dial }, home).every((reading) => 'number' in reading && reading.isValid);
  }

  #outcomeOf(dial: string, home: Country | 'unknown' | undefined, isMixed = this.#format === 'mixed'): Outcome {
    if (dial.startsWith('+')) return international(dial);
    const isKnown = home !== undefined && home !== 'unknown';
    const rules = isKnown ? this.#rulesOf(home) : undefined;
    if (dial.startsWith('00')) return doubleZero(dial, rules);
    if (digitCount(dial) < Math.min(LEAST_DIGITS, rules?.shortestMobile ?? LEAST_DIGITS)) return 'internal';
    if (this.#format === 'international') return dial.startsWith('0') ? 'noCountry' : (valid(`+${dial}`) ?? 'invalid');
    if (rules === undefined || !isKnown) return home === undefined ? 'noCountry' : 'unknownCountry';
    return national(dial, home, rules, isMixed);
  }

  #rulesOf(home: Country): DiallingRules {
    return this.#countries.recall(home, () => diallingRules(home));
  }
}

function judge(outcome: Outcome, isQuad: boolean, isRepeated: boolean): Reading {
  if (typeof outcome === 'string') return { reason: outcome };
  const { number, type } = outcome;
  if (NEVER.includes(type)) return { reason: 'noSms' };
  const isNumber = !isRepeated && !(isQuad && type === undefined);
  return isNumber ? { number, isValid: type !== undefined } : { reason: 'notANumber' };
}
