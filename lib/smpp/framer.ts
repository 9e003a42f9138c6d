const HEADER_LENGTH = 16;
const LONGEST = 64 * 1024;

/** Cuts a stream of bytes into PDUs. */
export class Framer {
  #rest: Buffer = Buffer.alloc(0);

  /** Whether a PDU has begun and its end is missing. */
  get isPartial(): boolean {
    return this.#rest.length > 0;
  }

  /**
   * The PDUs that these bytes complete.
   *
   * @throws Error where a length is below 16 or above 64 KiB: there is no telling where the next PDU begins.
   */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#rest = this.isPartial ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (this.#rest.length >= 4) {
      const length = this.#rest.readUInt32BE();
      if (length < HEADER_LENGTH || length > LONGEST) throw new Error(describe(this.#rest));
      if (this.#rest.length < length) return;
      const frame = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      yield frame;
    }
  }
}

function describe(bytes: Buffer): string {
  if (bytes.toString('latin1', 0, 4) === 'HTTP') return 'the peer speaks HTTP, not SMPP';
  return `a PDU length of ${bytes.readUInt32BE()} is not SMPP`;
}
