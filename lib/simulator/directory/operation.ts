import type { DirectoryRequest } from './request.ts';
import type { DirectoryChange, DirectoryFilter } from './tree.ts';

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

/** The record of a request: all of it but the password. */
export function operationOf(request: DirectoryRequest, circumstances: Circumstances): DirectoryOperation {
  if (request.kind !== 'bind') return { ...circumstances, ...request };
  const { kind, dn, password } = request;
  const hasPassword = (other: string) => password?.equals(Buffer.from(other)) ?? false;
  return { ...circumstances, kind, dn, passwordLength: password?.length, hasPassword };
}
