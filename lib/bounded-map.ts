/** A map with a maximum size. If it is exceeded, the entry that was set least recently is removed. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #most: number;
  /** Goes on where it stopped: V8 would look anew at each entry that was removed before the oldest one. */
  #oldest: IterableIterator<Key> | undefined;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  /** Also makes the entry the most recent one. */
  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    if (this.size <= this.#most) return this;
    this.#oldest ??= this.keys();
    const { value: oldest = key } = this.#oldest.next();
    this.delete(oldest);
    return this;
  }

  /** The entry's value; if there is none, `make` creates it. Does not make a known entry more recent. */
  recall(key: Key, make: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.set(key, value);
    return value;
  }
}
