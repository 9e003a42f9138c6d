import { BoundedMap } from '../bounded-map.ts';
import type { Clock } from './ports.ts';
import type { NamedUser } from './user.ts';

const HOUR_MILLISECONDS = 60 * 60 * 1000;
const MOST_NAMES = 1000;
/** A name can be any text: a log line has an end. */
const LONGEST_NAME = 80;

/** Tells of people whom the app's own login names and the user store does not find, once a name and hour. */
export class UnknownPeople {
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  /** When each was told of last. */
  readonly #told = new BoundedMap<string, number>(MOST_NAMES);

  /** @param warn tells the operator */
  constructor(clock: Clock, warn: (message: string) => void) {
    this.#clock = clock;
    this.#warn = warn;
  }

  note({ key, hash }: NamedUser): void {
    const now = this.#clock();
    const last = this.#told.get(hash);
    if (last !== undefined && now - last < HOUR_MILLISECONDS) return;
    this.#told.set(hash, now);
    const [kind, name] = 'id' in key ? ['id', key.id] : ['username', key.username];
    const shown = JSON.stringify(name.slice(0, LONGEST_NAME));
    this.#warn(`currentUser names the ${kind} ${shown}, which the user store does not find: no code can be sent.`);
  }
}
