import { BerReader, ProtocolOperation } from 'ldapts';
import { readItems, readText } from './ber.ts';
import { type DirectoryFilter, readFilter } from './filter.ts';
import type { DirectoryChange } from './tree.ts';

/** What a client asked for, with what was in it (RFC 4511, section 4). */
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

const START_TLS = '1.3.6.1.4.1.1466.20037';
const SIMPLE = 0x80;
const REQUEST_NAME = 0x80;
const BASE_OBJECT = 0;
const WHOLE_SUBTREE = 2;
const CHANGES = ['add', 'delete', 'replace'] as const;

/** @throws Error where it is no LDAP message at all. */
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

function unknown(problem: string): DirectoryRequest {
  return { kind: 'unknown', problem };
}
