import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { BerReader, ProtocolOperation } from 'ldapts';
import { DirectoryFault } from './directory-fault.ts';

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const ENUMERATED = 0x0a;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONSTRUCTED = 0x20;
const MAX_MESSAGE_BYTES = 1_000_000;
/** LDAP's own messages have seven levels at most. */
const MAX_DEPTH = 16;

/** The tags that a control may have: its name, whether it is critical, its value. */
const CONTROLS = [
  [OCTET_STRING],
  [OCTET_STRING, BOOLEAN],
  [OCTET_STRING, OCTET_STRING],
  [OCTET_STRING, BOOLEAN, OCTET_STRING],
].map(String);

/** One BER element, with the elements that it is made of. */
interface BerElement {
  readonly tag: number;
  /** Of its content, in bytes. */
  readonly length: number;
  readonly parts: readonly BerElement[];
}

type Shape = (parts: readonly BerElement[]) => boolean;

/** The responses to what the store asks (RFC 4511, section 4). */
const SHAPES: Readonly<Record<number, Shape>> = {
  [ProtocolOperation.LDAP_RES_BIND]: isResult,
  [ProtocolOperation.LDAP_RES_SEARCH]: isResult,
  [ProtocolOperation.LDAP_RES_MODIFY]: isResult,
  [ProtocolOperation.LDAP_RES_COMPARE]: isResult,
  [ProtocolOperation.LDAP_RES_EXTENSION]: isResult,
  [ProtocolOperation.LDAP_RES_SEARCH_REF]: (parts) => parts.every(({ tag }) => tag === OCTET_STRING),
  [ProtocolOperation.LDAP_RES_SEARCH_ENTRY]: isEntry,
};

/** The responses that each request may have. */
const RESPONSES: Readonly<Record<number, readonly number[]>> = {
  [ProtocolOperation.LDAP_REQ_BIND]: [ProtocolOperation.LDAP_RES_BIND],
  [ProtocolOperation.LDAP_REQ_MODIFY]: [ProtocolOperation.LDAP_RES_MODIFY],
  [ProtocolOperation.LDAP_REQ_COMPARE]: [ProtocolOperation.LDAP_RES_COMPARE],
  [ProtocolOperation.LDAP_REQ_EXTENSION]: [ProtocolOperation.LDAP_RES_EXTENSION],
  [ProtocolOperation.LDAP_REQ_SEARCH]: [
    ProtocolOperation.LDAP_RES_SEARCH,
    ProtocolOperation.LDAP_RES_SEARCH_ENTRY,
    ProtocolOperation.LDAP_RES_SEARCH_REF,
  ],
};

/**
 * Whether a message is a whole response of RFC 4511 to this kind of request. ldapts 8.2 checks neither: it could take a
 * wrong password for a right one, or never come back.
 *
 * @throws Error if the message is no BER.
 */
function isResponseTo(request: Buffer, message: Buffer): boolean {
  if (!isResponse(message)) return false;
  const { id, operation } = headOf(message);
  // A notice that answers no request has the number 0 (RFC 4511, section 4.4).
  return id === 0 || (RESPONSES[headOf(request).operation ?? 0]?.includes(operation ?? 0) ?? false);
}

/** Cuts a stream of bytes into LDAP messages (RFC 4511, section 5.1). */
export class MessageFramer {
  #rest = Buffer.alloc(0);

  /** @throws Error if the bytes are no LDAP, or a message is over 1 MB. */
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

function isResponse(message: Buffer): boolean {
  const [id, operation, controls, ...more] = readElements(message)[0]?.parts ?? [];
  if (!isNumber(id, INTEGER) || operation === undefined || more.length > 0) return false;
  return (SHAPES[operation.tag]?.(operation.parts) ?? false) && (controls === undefined || areControls(controls));
}

/** Each operation reads by itself what follows these three, as a referral. */
function isResult([code, matchedDn, text]: readonly BerElement[]): boolean {
  return isNumber(code, ENUMERATED) && matchedDn?.tag === OCTET_STRING && text?.tag === OCTET_STRING;
}

function isEntry([dn, attributes, ...more]: readonly BerElement[]): boolean {
  if (dn?.tag !== OCTET_STRING || attributes?.tag !== SEQUENCE || more.length > 0) return false;
  return attributes.parts.every(({ tag, parts }) => tag === SEQUENCE && isAttribute(parts));
}

function isAttribute([type, values, ...more]: readonly BerElement[]): boolean {
  if (type?.tag !== OCTET_STRING || values?.tag !== SET || more.length > 0) return false;
  return values.parts.every(({ tag }) => tag === OCTET_STRING);
}

function areControls({ tag, parts }: BerElement): boolean {
  return (
    tag === ProtocolOperation.LDAP_CONTROLS && parts.every((control) => control.tag === SEQUENCE && isControl(control))
  );
}

function isControl({ parts }: BerElement): boolean {
  return CONTROLS.includes(String(parts.map(({ tag }) => tag)));
}

function isNumber(element: BerElement | undefined, tag: number): boolean {
  return element?.tag === tag && element.length >= 1 && element.length <= 4;
}

function headOf(message: Buffer): { readonly id: number | null; readonly operation: number | null } {
  const reader = new BerReader(message);
  reader.readSequence();
  return { id: reader.readInt(), operation: reader.peek() };
}

/** @throws Error if the elements do not fill the bytes exactly, or are nested too deep (X.690, section 8.1). */
function readElements(bytes: Buffer, depth = 0): readonly BerElement[] {
  const reader = new BerReader(bytes);
  const elements: BerElement[] = [];
  while (reader.remain > 0) {
    const tag = reader.readSequence();
    const { offset, length } = reader;
    if (tag === null || length < 0 || length > reader.remain || depth > MAX_DEPTH) throw new Error('No BER.');
    const isConstructed = (tag & CONSTRUCTED) !== 0;
    const parts = isConstructed ? readElements(bytes.subarray(offset, offset + length), depth + 1) : [];
    elements.push({ tag, length, parts });
    reader.offset = offset + length;
  }
  return elements;
}

/** A person is one entry: no honest response comes near this. */
const MAX_RESPONSE_BYTES = 10_000_000;

/**
 * A connected socket, as ldapts sees it. Only whole and well-formed responses come out of it; anything else closes it.
 * It has the two properties that ldapts asks a socket for.
 */
export class ResponseStream extends Duplex {
  readonly connecting = false;
  readonly #socket: Socket;
  readonly #server: string;
  readonly #framer = new MessageFramer();
  /** The last request: each waits for its response before the next is sent. */
  #request: Buffer = Buffer.alloc(0);
  #bytesSinceRequest = 0;

  /** @param server the server's name, for the fault */
  constructor(socket: Socket, server: string) {
    super();
    this.#socket = socket;
    this.#server = server;
    // Bytes may come before ldapts listens.
    this.on('error', () => {});
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('close', () => this.destroy());
  }

  get readyState(): Socket['readyState'] {
    return this.destroyed ? 'closed' : this.#socket.readyState;
  }

  override _read(): void {
    // Responses are pushed as they come.
  }

  override _write(request: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#request = request;
    this.#bytesSinceRequest = 0;
    this.#socket.write(request, done);
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #receive(bytes: Buffer): void {
    try {
      this.#bytesSinceRequest += bytes.length;
      if (this.#bytesSinceRequest > MAX_RESPONSE_BYTES) throw new Error('The response is too long.');
      for (const message of this.#framer.push(bytes)) {
        if (!isResponseTo(this.#request, message)) throw new Error('This is no response.');
        this.push(message);
      }
    } catch {
      this.destroy(new DirectoryFault(`${this.#server} sent something that is no LDAP.`));
    }
  }
}
