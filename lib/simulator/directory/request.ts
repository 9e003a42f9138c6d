import { BerReader, ProtocolOperation } from 'ldapts';
import type { DirectoryChange, DirectoryFilter, SubstringPiece } from './tree.ts';

/** A request and its content (RFC 4511, section 4). */
export type DirectoryRequest =
  | { readonly kind: 'bind'; readonly dn: string; readonly password: Buffer | undefined }
  | {
      readonly kind: 'search';
      readonly base: string;
      readonly scope: 'base' | 'sub';
      readonly sizeLimit: number;
      readonly filter: DirectoryFilter;
      readonly attributes: readonly string[];
    }
  | { readonly kind: 'modify'; readonly dn: string; readonly changes: readonly DirectoryChange[] }
  | { readonly kind: 'startTls' | 'unbind' | 'abandon' }
  | { readonly kind: 'unknown'; readonly problem: string };

export interface DirectoryMessage {
  readonly id: number;
  /** The protocol operation's tag; the response's follows from it. */
  readonly tag: number;
  readonly request: DirectoryRequest;
}

/** One operation as it arrived, recorded before it is answered. */
export type DirectoryOperation = Circumstances & (BindOperation | SearchOperation | ModifyOperation | OtherOperation);

interface Circumstances {
  /** Counts the connections from 1. */
  readonly connection: number;
  /** Whether it came over TLS. */
  readonly tls: boolean;
  /** The DN under which the connection was bound; empty while it is anonymous. */
  readonly as: string;
}

interface BindOperation {
  readonly kind: 'bind';
  readonly dn: string;
  /** In bytes; `undefined` if the bind was not a simple one. */
  readonly passwordLength: number | undefined;
  /** Whether exactly this password came, byte for byte; the password itself is in no record. */
  hasPassword(password: string): boolean;
}

interface SearchOperation {
  readonly kind: 'search';
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter: DirectoryFilter;
  readonly attributes: readonly string[];
}

interface ModifyOperation {
  readonly kind: 'modify';
  readonly dn: string;
  readonly changes: readonly DirectoryChange[];
}

interface OtherOperation {
  readonly kind: 'startTls' | 'unbind' | 'abandon' | 'unknown';
}

const START_TLS = '1.3.6.1.4.1.1466.20037';
const SIMPLE = 0x80;
const REQUEST_NAME = 0x80;
const BASE_OBJECT = 0;
const WHOLE_SUBTREE = 2;
const CHANGES = ['add', 'delete', 'replace'] as const;
const AND = 0xa0;
const OR = 0xa1;
const NOT = 0xa2;
const EQUALITY = 0xa3;
const SUBSTRINGS = 0xa4;
const PRESENT = 0x87;
const PLACES: Readonly<Record<number, SubstringPiece['place']>> = { 128: 'initial', 129: 'any', 130: 'final' };

/** @throws Error if it is no LDAP message at all. */
export function readMessage(message: Buffer): DirectoryMessage {
  const reader = new BerReader(message);
  reader.readSequence();
  const id = reader.readInt() ?? 0;
  const tag = reader.readSequence() ?? 0;
  try {
    return { id, tag, request: readRequest(reader, tag) };
  } catch (error) {
    return { id, tag, request: unknown(error instanceof Error ? error.message : 'The request cannot be read.') };
  }
}

function readRequest(reader: BerReader, tag: number): DirectoryRequest {
  switch (tag) {
    case ProtocolOperation.LDAP_REQ_BIND:
      return readBind(reader);
    case ProtocolOperation.LDAP_REQ_SEARCH:
      return readSearch(reader);
    case ProtocolOperation.LDAP_REQ_MODIFY:
      return { kind: 'modify', dn: readText(reader), changes: readList(reader, readChange) };
    case ProtocolOperation.LDAP_REQ_EXTENSION:
      return reader.readString(REQUEST_NAME) === START_TLS ? { kind: 'startTls' } : unknown('No such extension.');
    case ProtocolOperation.LDAP_REQ_UNBIND:
      return { kind: 'unbind' };
    case ProtocolOperation.LDAP_REQ_ABANDON:
      return { kind: 'abandon' };
    default:
      return unknown(`The operation 0x${tag.toString(16)} is not simulated.`);
  }
}

function readBind(reader: BerReader): DirectoryRequest {
  reader.readInt();
  const dn = readText(reader);
  const isSimple = reader.peek() === SIMPLE;
  return { kind: 'bind', dn, password: (isSimple && reader.readString(SIMPLE, true)) || undefined };
}

function readSearch(reader: BerReader): DirectoryRequest {
  const base = readText(reader);
  const scope = reader.readEnumeration();
  if (scope !== BASE_OBJECT && scope !== WHOLE_SUBTREE) return unknown('This scope is not simulated.');
  reader.readEnumeration();
  const sizeLimit = reader.readInt() ?? 0;
  reader.readInt();
  reader.readBoolean();
  const filter = readFilter(reader);
  const attributes = readList(reader, readText);
  return { kind: 'search', base, scope: scope === BASE_OBJECT ? 'base' : 'sub', sizeLimit, filter, attributes };
}

function readChange(reader: BerReader): DirectoryChange {
  reader.readSequence();
  const operation = CHANGES[reader.readEnumeration() ?? -1];
  if (operation === undefined) throw new Error('This kind of change is not simulated.');
  reader.readSequence();
  const attribute = readText(reader);
  return { operation, attribute, values: readList(reader, readText) };
}

function readList<T>(reader: BerReader, readItem: (reader: BerReader) => T): readonly T[] {
  reader.readSequence();
  return readItems(reader, readItem);
}

/**
 * Reads a filter with the reader itself: `FilterParser.parse` of ldapts 8.2 takes the name in a presence filter from
 * the wrong bytes.
 *
 * @throws Error if the filter is of a kind that is not simulated.
 */
function readFilter(reader: BerReader): DirectoryFilter {
  const tag = reader.peek() ?? 0;
  if (tag === PRESENT) return { kind: 'present', attribute: reader.readString(PRESENT) ?? '' };
  reader.readSequence();
  switch (tag) {
    case AND:
    case OR:
      return { kind: tag === AND ? 'and' : 'or', filters: readItems(reader, readFilter) };
    case NOT:
      return { kind: 'not', filter: readFilter(reader) };
    case EQUALITY:
      return { kind: 'equality', attribute: readText(reader), value: readText(reader) };
    case SUBSTRINGS: {
      const attribute = readText(reader);
      reader.readSequence();
      return { kind: 'substrings', attribute, pieces: readItems(reader, readPiece) };
    }
    default:
      throw new Error(`A filter of the kind 0x${tag.toString(16)} is not simulated.`);
  }
}

function readPiece(reader: BerReader): SubstringPiece {
  const tag = reader.peek() ?? 0;
  return { place: PLACES[tag] ?? 'any', text: reader.readString(tag) ?? '' };
}

/**
 * All items of the sequence or set that the reader has just entered.
 *
 * @throws Error if an item is longer than what holds it.
 */
function readItems<T>(reader: BerReader, readItem: (reader: BerReader) => T): readonly T[] {
  const end = reader.offset + reader.length;
  const items: T[] = [];
  while (reader.offset < end) {
    const { offset } = reader;
    items.push(readItem(reader));
    // ldapts' reader answers `null` and stays where it is when something is cut short.
    if (reader.offset === offset) throw new Error('The message is cut short.');
  }
  return items;
}

/** A text, empty if there is none. */
function readText(reader: BerReader): string {
  return reader.readString() ?? '';
}

function unknown(problem: string): DirectoryRequest {
  return { kind: 'unknown', problem };
}

/** The record of a request: all of it but the password. */
export function operationOf(request: DirectoryRequest, circumstances: Circumstances): DirectoryOperation {
  if (request.kind !== 'bind') return { ...circumstances, ...request };
  const { kind, dn, password } = request;
  const hasPassword = (other: string) => password?.equals(Buffer.from(other)) ?? false;
  return { ...circumstances, kind, dn, passwordLength: password?.length, hasPassword };
}
