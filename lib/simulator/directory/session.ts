import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { MessageFramer } from '../../ldap/message-framer.ts';
import { RESULT_CODE } from '../../ldap/result-code.ts';
import { DirectoryAccess } from './access.ts';
import type { DirectoryBehaviours, Misbehaviour } from './behaviour.ts';
import { type DirectoryOperation, operationOf } from './operation.ts';
import { distorted, outcomeInstead } from './outcome.ts';
import { type DirectoryMessage, readMessage } from './request.ts';
import { answerMessages } from './response.ts';
import type { DirectoryTree } from './tree.ts';

/** What all sessions of one simulated directory have in common. */
export interface DirectoryContext {
  readonly tree: DirectoryTree;
  readonly behaviours: DirectoryBehaviours;
  readonly allowAnonymous: boolean;
  /** Where there is none, StartTLS is refused. */
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
