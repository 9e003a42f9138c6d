const HEADER_LENGTH = 16;
const MOST_BYTES = 64 * 1024;

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
    const bytes = this.isPartial ? Buffer.concat([this.#rest, chunk]) : chunk;
    let start = 0;
    while (bytes.length - start >= 4) {
      const length = bytes.readUInt32BE(start);
      if (length < HEADER_LENGTH || length > MOST_BYTES) throw new Error(describe(bytes.subarray(start)));
      if (bytes.length - start < length) break;
      yield bytes.subarray(start, start + length);
      start += length;
    }
    this.#rest = bytes.subarray(start);
  }
}

function describe(bytes: Buffer): string {
  if (bytes.toString('latin1', 0, 4) === 'HTTP') return 'the peer speaks HTTP, not SMPP';
  return `a PDU length of ${bytes.readUInt32BE()} is not SMPP`;
}
