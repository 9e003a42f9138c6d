import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { RESULT_CODE } from '../../ldap/directory-fault.ts';
import { MessageFramer } from '../../ldap/response-validator.ts';
import {
  cutShort,
  type DirectoryBehaviours,
  type DirectoryOutcome,
  distorted,
  type Misbehaviour,
  outcomeInstead,
} from './behaviour.ts';
import { withOnly } from './entry.ts';
import {
  type DirectoryMessage,
  type DirectoryOperation,
  type DirectoryRequest,
  operationOf,
  readMessage,
} from './request.ts';
import { answerMessages } from './response.ts';
import type { DirectoryTree } from './tree.ts';

/** Shared by all sessions of one simulated directory. */
export interface DirectoryContext {
  readonly tree: DirectoryTree;
  readonly behaviours: DirectoryBehaviours;
  readonly allowAnonymous: boolean;
  /** If there is none, StartTLS is refused. */
  readonly startTlsContext: SecureContext | undefined;
  record(operation: DirectoryOperation): void;
}

const NO_LDAP = Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');

/** One client's connection, and the right or wrong answers to what it asks. */
export class DirectorySession {
  readonly #context: DirectoryContext;
  readonly #number: number;
  readonly #access: DirectoryAccess;
  #socket: Socket;

  constructor(context: DirectoryContext, number: number, socket: Socket) {
    this.#context = context;
    this.#number = number;
    this.#access = new DirectoryAccess({ ...context, offersStartTls: context.startTlsContext !== undefined });
    this.#socket = socket;
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    const framer = new MessageFramer();
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const message of framer.push(bytes)) this.#receive(readMessage(message));
      } catch {
        socket.destroy();
      }
    });
  }

  #receive(message: DirectoryMessage): void {
    const { kind } = message.request;
    const { boundAs } = this.#access;
    const circumstances = { connection: this.#number, tls: this.#socket instanceof TLSSocket, as: boundAs };
    this.#context.record(operationOf(message.request, circumstances));
    if (kind === 'unbind') {
      this.#socket.end();
      return;
    }
    const misbehaviour = this.#context.behaviours.next(kind);
    switch (misbehaviour?.do) {
      case 'silence':
        return;
      case 'drop':
        this.#socket.destroy();
        return;
      case 'garbage':
        this.#socket.write(misbehaviour.bytes ?? NO_LDAP);
        return;
      case 'slow':
        setTimeout(() => this.#answer(message), misbehaviour.milliseconds).unref();
        return;
      default:
        this.#answer(message, misbehaviour);
    }
  }

  #answer({ id, tag, request }: DirectoryMessage, misbehaviour?: Misbehaviour): void {
    const outcome = outcomeInstead(misbehaviour) ?? this.#access.perform(request);
    if (outcome === undefined) return;
    this.#socket.write(answerMessages(id, tag, distorted(outcome, misbehaviour)));
    if (misbehaviour?.do === 'dropAfter') this.#socket.end();
    else if (request.kind === 'startTls' && outcome.resultCode === RESULT_CODE.success) this.#startTls();
  }

  /** All that follows the answer is TLS. */
  #startTls(): void {
    const { startTlsContext } = this.#context;
    if (startTlsContext === undefined) return;
    this.#socket.removeAllListeners('data');
    this.#listen(new TLSSocket(this.#socket, { isServer: true, secureContext: startTlsContext }));
  }
}

/** The operations of one connection on the tree. */
interface AccessRules {
  readonly tree: DirectoryTree;
  /** Whether searches need no bind. */
  readonly allowAnonymous: boolean;
  readonly offersStartTls: boolean;
}

type BindRequest = Extract<DirectoryRequest, { kind: 'bind' }>;
type SearchRequest = Extract<DirectoryRequest, { kind: 'search' }>;
type ModifyRequest = Extract<DirectoryRequest, { kind: 'modify' }>;

/** The account that a connection is bound as, and the outcome of its requests. */
class DirectoryAccess {
  readonly #rules: AccessRules;
  #boundAs = '';

  constructor(rules: AccessRules) {
    this.#rules = rules;
  }

  /** Empty while it is anonymous. */
  get boundAs(): string {
    return this.#boundAs;
  }

  /** `undefined` if the request has no answer. */
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
