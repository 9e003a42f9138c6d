import type { Clock } from '../domain/ports.ts';
import type { SmsOtpEvents } from '../events.ts';
import { Conversion } from './conversion.ts';

/** Where codes went: to a country, or to one block of its numbers. */
interface Place {
  readonly country?: string;
  readonly block?: string;
}

interface Watched extends Place {
  readonly conversion: Conversion;
  isLow: boolean;
}

export interface ConversionRule {
  readonly minConversion: number;
  readonly minSends: number;
  readonly windowSeconds: number;
  readonly clock: Clock;
  readonly onLow: (facts: SmsOtpEvents['conversionLow'][0]) => void;
}

/** A code is judged one to two slots after it was sent, and an alarm comes three slots after it at the latest. */
export const SLOT_SECONDS = 15;
/** Those that were heard of last; a flood over more of them shows in its country. */
const MAX_BLOCKS = 2_000;

/** Notices that somebody has codes sent that nobody enters, as those do who earn by each SMS. */
export class ConversionWatch {
  readonly #rule: ConversionRule;
  readonly #countries = new Map<string, Watched>();
  readonly #blocks = new Map<string, Watched>();
  #looked: number;

  constructor(rule: ConversionRule) {
    this.#rule = rule;
    this.#looked = this.#slot();
  }

  /** How much it remembers. */
  get size(): number {
    return this.#countries.size + this.#blocks.size;
  }

  count(what: 'sent' | 'verified', { country, block }: { readonly country?: string; readonly block: string }): void {
    this.look();
    const place = country === undefined ? {} : { country };
    const watched = [
      this.#recall(this.#countries, country ?? '', place),
      this.#recall(this.#blocks, block, { ...place, block }),
    ];
    for (const { conversion } of watched) conversion.count(what, this.#slot());
  }

  /** Tells of each place once when it becomes low; costs nothing until the next slot begins. */
  look(): void {
    const slot = this.#slot();
    if (slot === this.#looked) return;
    this.#looked = slot;
    for (const places of [this.#countries, this.#blocks]) {
      for (const [key, watched] of places) {
        this.#judge(watched, slot);
        if (watched.conversion.isEmpty) places.delete(key);
      }
    }
  }

  #judge(watched: Watched, slot: number): void {
    const { minConversion, minSends, clock, onLow } = this.#rule;
    const { conversion, isLow: wasLow, ...place } = watched;
    const { sent, verified } = conversion.at(slot);
    watched.isLow = sent >= minSends && verified / sent < minConversion;
    if (watched.isLow && !wasLow) onLow({ time: new Date(clock()), ...place, sent, verified });
  }

  #recall(places: Map<string, Watched>, key: string, place: Place): Watched {
    const slots = Math.ceil(this.#rule.windowSeconds / SLOT_SECONDS);
    const watched = places.get(key) ?? { ...place, conversion: new Conversion(slots), isLow: false };
    // A map keeps its order: the first is the one that was not heard of for the longest time.
    places.delete(key);
    places.set(key, watched);
    const [oldest = key] = places.keys();
    if (places.size > MAX_BLOCKS) places.delete(oldest);
    return watched;
  }

  #slot(): number {
    return Math.floor(this.#rule.clock() / (SLOT_SECONDS * 1000));
  }
}
