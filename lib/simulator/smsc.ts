import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import smpp, { type Session } from 'smpp';
import { LOOPBACK, refuseProduction } from './loopback.ts';
import { type Behaviour, Mood } from './smsc-behaviour.ts';
import { SmscInbox } from './smsc-inbox.ts';
import { MessageLog, type ReceivedMessage } from './smsc-messages.ts';
import { SmscRecords, type SubmitRecord } from './smsc-records.ts';
import { type SmscCredentials, SmscSession, type SmscState } from './smsc-session.ts';

export type { Behaviour } from './smsc-behaviour.ts';
export type { ReceivedMessage } from './smsc-messages.ts';
export type { SubmitRecord } from './smsc-records.ts';

export interface SmscOptions extends SmscCredentials {
  /** [any free port] */
  readonly port?: number;
}

export interface SmscSimulator {
  /** `smpp://127.0.0.1:PORT`, with the credentials where there are some. */
  readonly url: string;
  /** Oldest first, the last 1000. */
  readonly messages: readonly ReceivedMessage[];
  /** What was on the wire, the last 1000. */
  readonly submits: readonly SubmitRecord[];
  /** The bind requests, the last 1000. */
  readonly binds: readonly SubmitRecord[];
  /** Calls back for each message as it arrives, and again when its status changes; returns the way to stop. */
  onMessage(listener: (message: ReceivedMessage) => void): () => void;
  /** The next message to this number that was not yet taken; waits up to the given time [5000]. */
  nextMessage(to: string, timeoutMilliseconds?: number): Promise<ReceivedMessage>;
  /** From now on, in place of what was said before; `{}` is an SMSC that works. */
  behave(behaviour: Behaviour): void;
  dropConnections(): void;
  close(): Promise<void>;
}

/**
 * Starts an SMSC on loopback that takes every message and shows what it got, for development and tests.
 *
 * @throws Error where `NODE_ENV` is `production`, or where the port is taken.
 */
export async function startSmsc(options: SmscOptions = {}): Promise<SmscSimulator> {
  refuseProduction('SMSC');
  const messages = new MessageLog();
  const mood = new Mood();
  const records = new SmscRecords();
  const sessions = new Set<SmscSession>();
  const smsc = { mood, messages, inbox: new SmscInbox(messages), records, options };
  const server = smpp.createServer((session) => serve(session, smsc, sessions));
  server.listen(options.port ?? 0, LOOPBACK);
  await once(server, 'listening');
  const dropConnections = (): void => {
    for (const session of sessions) session.drop();
  };
  return {
    url: urlOf(server, options),
    messages: messages.all,
    submits: records.submits,
    binds: records.binds,
    onMessage: (listener) => messages.onMessage(listener),
    nextMessage: (to, timeoutMilliseconds = 5000) => messages.next(to, timeoutMilliseconds),
    behave: (behaviour) => mood.set(behaviour),
    dropConnections,
    close: async () => {
      messages.close();
      dropConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(session: Session, smsc: SmscState, sessions: Set<SmscSession>): void {
  const { socket } = session;
  const own = new SmscSession(socket, smsc);
  sessions.add(own);
  socket.setNoDelay(); // else a receipt waits 40 ms behind its answer
  const lastFrame = watchFrames(socket);
  session.on('pdu', () => {
    try {
      own.take(lastFrame());
    } catch {
      own.drop();
    }
  });
  // After an error the package's session (0.5.1) is deaf for ever, with its socket open.
  session.on('error', () => own.drop());
  session.on('close', () => sessions.delete(own));
}

/** The package (0.5.1) keeps only its own reading of a PDU, without the text's bytes: they are seen as it reads. */
function watchFrames(socket: Socket): () => Buffer {
  const read = socket.read.bind(socket);
  let body: Buffer = Buffer.alloc(0);
  socket.read = (size) => {
    const chunk: unknown = read(size);
    if (Buffer.isBuffer(chunk)) body = chunk;
    return chunk;
  };
  return () => Buffer.concat([Buffer.alloc(4), body]);
}

function urlOf(server: Server, { systemId, password = '' }: SmscOptions): string {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const credentials = systemId === undefined ? '' : `${encodeURIComponent(systemId)}:${encodeURIComponent(password)}@`;
  return `smpp://${credentials}${LOOPBACK}:${port}`;
}
