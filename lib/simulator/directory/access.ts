import { RESULT_CODE } from '../../ldap/result-code.ts';
import { withOnly } from './entry.ts';
import { cutShort, type DirectoryOutcome } from './outcome.ts';
import type { DirectoryRequest } from './request.ts';
import type { DirectoryTree } from './tree.ts';

/** What one connection may do with the tree. */
export interface AccessRules {
  readonly tree: DirectoryTree;
  /** Whether searches need no bind. */
  readonly allowAnonymous: boolean;
  readonly offersStartTls: boolean;
}

type BindRequest = Extract<DirectoryRequest, { kind: 'bind' }>;
type SearchRequest = Extract<DirectoryRequest, { kind: 'search' }>;
type ModifyRequest = Extract<DirectoryRequest, { kind: 'modify' }>;

/** Who a connection is bound as, and what becomes of their requests. */
export class DirectoryAccess {
  readonly #rules: AccessRules;
  #boundAs = '';

  constructor(rules: AccessRules) {
    this.#rules = rules;
  }

  /** Empty while it is anonymous. */
  get boundAs(): string {
    return this.#boundAs;
  }

  /** `undefined` where the request has no answer. */
  perform(request: DirectoryRequest): DirectoryOutcome | undefined {
    switch (request.kind) {
      case 'bind':
        return { resultCode: this.#bind(request) };
      case 'search':
        return this.#search(request);
      case 'modify':
        return { resultCode: this.#modify(request) };
      case 'startTls':
        return { resultCode: this.#rules.offersStartTls ? RESULT_CODE.success : RESULT_CODE.protocolError };
      case 'unknown':
        return { resultCode: RESULT_CODE.protocolError, text: request.problem };
      case 'unbind':
      case 'abandon':
        return undefined;
    }
  }

  #bind({ dn, password }: BindRequest): number {
    this.#boundAs = '';
    if (password === undefined) return RESULT_CODE.authMethodNotSupported;
    // As many real servers do: "success", though nobody proved anything (RFC 4513, section 5.1.2).
    if (password.length === 0) return RESULT_CODE.success;
    const expected = this.#rules.tree.find(dn)?.password;
    if (expected === undefined || !password.equals(Buffer.from(expected))) return RESULT_CODE.invalidCredentials;
    this.#boundAs = dn;
    return RESULT_CODE.success;
  }

  #search({ base, scope, filter, sizeLimit, attributes }: SearchRequest): DirectoryOutcome {
    const { tree, allowAnonymous } = this.#rules;
    if (this.#boundAs === '' && !allowAnonymous) return { resultCode: RESULT_CODE.insufficientAccessRights };
    const found = tree.search(base, scope, filter);
    if (found === undefined) return { resultCode: RESULT_CODE.noSuchObject };
    const outcome = { resultCode: RESULT_CODE.success, entries: found.map((entry) => withOnly(entry, attributes)) };
    return sizeLimit > 0 && found.length > sizeLimit ? cutShort(outcome, sizeLimit) : outcome;
  }

  #modify({ dn, changes }: ModifyRequest): number {
    return this.#boundAs === '' ? RESULT_CODE.insufficientAccessRights : this.#rules.tree.modify(dn, changes);
  }
}
