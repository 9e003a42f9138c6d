import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from '../domain/ports.ts';
import type { SmsOtpEvents } from '../events.ts';

/** Counts of one step of the window. */
interface Step {
  readonly number: number;
  sent: number;
  verified: number;
}

/** A window of any length slides in at most this many steps. */
const MAX_STEPS = 60;

/**
 * How many codes were sent and how many came back, in a sliding window. A code counts once the time slot after its own
 * is over: before that, the person may still be typing.
 */
class Conversion {
  readonly #slotsPerStep: number;
  readonly #stepsInWindow: number;
  #steps: Step[] = [];
  /** Codes sent just now, by slot. */
  readonly #young = new Map<number, number>();

  constructor(slotsInWindow: number) {
    this.#slotsPerStep = Math.ceil(slotsInWindow / MAX_STEPS);
    this.#stepsInWindow = Math.ceil(slotsInWindow / this.#slotsPerStep);
  }

  /** Whether nothing is left in the window. */
  get isEmpty(): boolean {
    return this.#steps.length === 0 && this.#young.size === 0;
  }

  count(what: 'sent' | 'verified', slot: number): void {
    this.#grow(slot);
    if (what === 'verified') this.#step(slot).verified += 1;
    else this.#young.set(slot, (this.#young.get(slot) ?? 0) + 1);
  }

  /** @param slot that has just begun */
  at(slot: number): { readonly sent: number; readonly verified: number } {
    this.#grow(slot);
    const last = Math.floor(slot / this.#slotsPerStep);
    this.#steps = this.#steps.filter(({ number }) => number > last - this.#stepsInWindow);
    const sum = (what: 'sent' | 'verified'): number => this.#steps.reduce((total, step) => total + step[what], 0);
    return { sent: sum('sent'), verified: sum('verified') };
  }

  #grow(slot: number): void {
    for (const [before, sent] of this.#young) {
      if (before >= slot - 1) continue;
      this.#step(before).sent += sent;
      this.#young.delete(before);
    }
  }

  #step(slot: number): Step {
    const number = Math.floor(slot / this.#slotsPerStep);
    const known = this.#steps.find((step) => step.number === number);
    if (known !== undefined) return known;
    const step = { number, sent: 0, verified: 0 };
    this.#steps.push(step);
    return step;
  }
}

/** A destination of codes: a country, one block of its numbers, or a route of the transport. */
interface Place {
  readonly route?: string;
  readonly country?: string;
  readonly block?: string;
}

interface Watched extends Place {
  readonly conversion: Conversion;
  isLow: boolean;
}

interface ConversionRule {
  readonly minConversion: number;
  readonly minSends: number;
  readonly windowSeconds: number;
  readonly clock: Clock;
  readonly onLow: (facts: SmsOtpEvents['conversionLow'][0]) => void;
}

/** A code is judged one to two slots after it was sent; an alarm comes at most three slots after it. */
export const SLOT_SECONDS = 15;
/** The most recent places; a flood over more blocks shows in its country. */
const MAX_PLACES = 2_000;

/** Notices SMS pumping: many codes are sent that nobody enters. */
export class ConversionWatch {
  readonly #rule: ConversionRule;
  readonly #countries = new BoundedMap<string, Watched>(MAX_PLACES);
  readonly #blocks = new BoundedMap<string, Watched>(MAX_PLACES);
  readonly #routes = new BoundedMap<string, Watched>(MAX_PLACES);
  #looked: number;

  constructor(rule: ConversionRule) {
    this.#rule = rule;
    this.#looked = this.#slot();
  }

  /** The number of places it remembers. */
  get size(): number {
    return this.#countries.size + this.#blocks.size + this.#routes.size;
  }

  count(what: 'sent' | 'verified', { country, block, route }: Place & { readonly block: string }): void {
    this.look();
    const place = country === undefined ? {} : { country };
    const watched = [
      this.#recall(this.#countries, country ?? '', place),
      this.#recall(this.#blocks, block, { ...place, block }),
    ];
    if (route !== undefined) watched.push(this.#recall(this.#routes, route, { route }));
    for (const { conversion } of watched) conversion.count(what, this.#slot());
  }

  /** Reports each place once when its conversion becomes low. Does nothing until the next slot begins. */
  look(): void {
    const slot = this.#slot();
    if (slot === this.#looked) return;
    this.#looked = slot;
    for (const places of [this.#countries, this.#blocks, this.#routes]) {
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

  #recall(places: BoundedMap<string, Watched>, key: string, place: Place): Watched {
    const slots = Math.ceil(this.#rule.windowSeconds / SLOT_SECONDS);
    const watched = places.get(key) ?? { ...place, conversion: new Conversion(slots), isLow: false };
    places.set(key, watched);
    return watched;
  }

  #slot(): number {
    return Math.floor(this.#rule.clock() / (SLOT_SECONDS * 1000));
  }
}
