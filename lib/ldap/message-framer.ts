import { BerReader } from 'ldapts';

const SEQUENCE = 0x30;
const MAX_MESSAGE_BYTES = 1_000_000;

/** Cuts a stream of bytes into LDAP messages (RFC 4511, section 5.1). */
export class MessageFramer {
  #rest = Buffer.alloc(0);

  /** @throws Error where the bytes are no LDAP, or a message is over 1 MB. */
  push(bytes: Buffer): readonly Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: Buffer[] = [];
    for (let length = this.#nextLength(); length <= this.#rest.length; length = this.#nextLength()) {
      messages.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
    return messages;
  }

  /** Of the message that begins here; infinite while its head is not whole. */
  #nextLength(): number {
    const reader = new BerReader(this.#rest);
    if (reader.readSequence(SEQUENCE) === null) return Infinity;
    const length = reader.offset + reader.length;
    if (reader.length < 0 || length > MAX_MESSAGE_BYTES) throw new Error('The message is too long.');
    return length;
  }
}
