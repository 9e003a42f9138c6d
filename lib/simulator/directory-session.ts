import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { RESULT_CODE } from '../ldap/result-code.ts';
import type { DirectoryBehaviours } from './directory-behaviour.ts';
import { type DirectoryEntry, withOnly } from './directory-entry.ts';
import { DirectoryFramer } from './directory-framer.ts';
import { type DirectoryOperation, operationOf } from './directory-operation.ts';
import { type DirectoryMessage, type DirectoryRequest, readMessage } from './directory-request.ts';
import { entryMessage, resultMessage } from './directory-response.ts';
import type { DirectoryTree } from './directory-tree.ts';

/** What all sessions of one simulated directory have in common. */
export interface DirectoryContext {
  readonly tree: DirectoryTree;
  readonly behaviours: DirectoryBehaviours;
  readonly allowAnonymous: boolean;
  /** Where there is none, StartTLS is refused. */
  readonly startTlsContext: SecureContext | undefined;
  record(operation: DirectoryOperation): void;
}

type BindRequest = Extract<DirectoryRequest, { kind: 'bind' }>;
type SearchRequest = Extract<DirectoryRequest, { kind: 'search' }>;
type ModifyRequest = Extract<DirectoryRequest, { kind: 'modify' }>;

/** How an operation ended. */
interface Outcome {
  readonly resultCode: number;
  readonly text?: string;
  readonly entries?: readonly DirectoryEntry[];
}

/** One client's connection: who it is bound as, and the answers to what it asks. */
export class DirectorySession {
  readonly #context: DirectoryContext;
  readonly #number: number;
  #socket: Socket;
  #boundAs = '';

  constructor(context: DirectoryContext, number: number, socket: Socket) {
    this.#context = context;
    this.#number = number;
    this.#socket = socket;
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    const framer = new DirectoryFramer();
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
    const { request } = message;
    const circumstances = { connection: this.#number, tls: this.#socket instanceof TLSSocket, as: this.#boundAs };
    this.#context.record(operationOf(request, circumstances));
    const misdeed = this.#context.behaviours.next(request.kind);
    switch (misdeed?.do) {
      case 'silence':
        return;
      case 'drop':
        this.#socket.destroy();
        return;
      case 'answer':
        this.#send(message, { resultCode: misdeed.resultCode });
        return;
      case 'cutShort':
        this.#send(message, cutShort(this.#perform(request), misdeed.entries));
        return;
      case undefined:
        this.#send(message, this.#perform(request));
    }
  }

  #perform(request: DirectoryRequest): Outcome | undefined {
    switch (request.kind) {
      case 'bind':
        return { resultCode: this.#bind(request) };
      case 'search':
        return this.#search(request);
      case 'modify':
        return { resultCode: this.#modify(request) };
      case 'startTls':
        return { resultCode: this.#context.startTlsContext ? RESULT_CODE.success : RESULT_CODE.protocolError };
      case 'unknown':
        return { resultCode: RESULT_CODE.protocolError, text: request.problem };
      case 'unbind':
        this.#socket.end();
        return undefined;
      case 'abandon':
        return undefined;
    }
  }

  #bind({ dn, password }: BindRequest): number {
    this.#boundAs = '';
    if (password === undefined) return RESULT_CODE.authMethodNotSupported;
    // As many real servers do: "success", though nobody proved anything (RFC 4513, section 5.1.2).
    if (password.length === 0) return RESULT_CODE.success;
    const expected = this.#context.tree.find(dn)?.password;
    if (expected === undefined || !password.equals(Buffer.from(expected))) return RESULT_CODE.invalidCredentials;
    this.#boundAs = dn;
    return RESULT_CODE.success;
  }

  #search({ base, scope, filter, sizeLimit, attributes }: SearchRequest): Outcome | undefined {
    if (this.#boundAs === '' && !this.#context.allowAnonymous)
      return { resultCode: RESULT_CODE.insufficientAccessRights };
    const found = this.#context.tree.search(base, scope, filter);
    if (found === undefined) return { resultCode: RESULT_CODE.noSuchObject };
    const outcome = { resultCode: RESULT_CODE.success, entries: found.map((entry) => withOnly(entry, attributes)) };
    return sizeLimit > 0 && found.length > sizeLimit ? cutShort(outcome, sizeLimit) : outcome;
  }

  #modify({ dn, changes }: ModifyRequest): number {
    return this.#boundAs === '' ? RESULT_CODE.insufficientAccessRights : this.#context.tree.modify(dn, changes);
  }

  #send({ id, tag, request }: DirectoryMessage, outcome: Outcome | undefined): void {
    if (outcome === undefined) return;
    const { resultCode, text, entries = [] } = outcome;
    const messages = [...entries.map((entry) => entryMessage(id, entry)), resultMessage(id, tag, resultCode, text)];
    this.#socket.write(Buffer.concat(messages));
    if (request.kind === 'startTls' && resultCode === RESULT_CODE.success) this.#startTls();
  }

  /** All that follows the answer is TLS. */
  #startTls(): void {
    const { startTlsContext } = this.#context;
    if (startTlsContext === undefined) return;
    this.#socket.removeAllListeners('data');
    this.#listen(new TLSSocket(this.#socket, { isServer: true, secureContext: startTlsContext }));
  }
}

function cutShort(outcome: Outcome | undefined, count: number): Outcome | undefined {
  if (outcome?.entries === undefined) return outcome;
  return { resultCode: RESULT_CODE.sizeLimitExceeded, entries: outcome.entries.slice(0, count) };
}
