import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { decode, encode, Framer, type Pdu, type PduFields } from '../../lib/smpp/pdu.ts';

/** One client's connection, as its SMSC sees it. */
export class Client {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  send(command: string, sequence: number, fields: PduFields = {}, status = 0): void {
    this.socket.write(encode(command, sequence, fields, status));
  }

  answer({ command, sequence }: Pdu, fields: PduFields = {}, status = 0): void {
    this.send(`${command}_resp`, sequence, fields, status);
  }
}

/** By command; if nothing is said, binds and unbinds succeed, and others are left without an answer. */
export type Answers = Readonly<Record<string, ((client: Client, pdu: Pdu) => void) | undefined>>;

interface ScriptOptions {
  /** Called for each connection before a byte came. */
  readonly connect?: (client: Client) => void;
  /** Looks at no byte, SMPP or not. */
  readonly isDeaf?: boolean;
  readonly tls?: TlsOptions;
}

const POLITE: Answers = {
  bind_transceiver: (client, pdu) => client.answer(pdu),
  unbind: (client, pdu) => client.answer(pdu),
};

/** An SMSC that does what a script says, right or wrong. */
export class ScriptedSmsc {
  readonly clients: Client[] = [];
  /** All that came, over all connections. */
  readonly received: Pdu[] = [];
  readonly url: string;
  readonly #server: Server;

  static async start(answers: Answers = {}, options: ScriptOptions = {}): Promise<ScriptedSmsc> {
    const { tls } = options;
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const smsc = new ScriptedSmsc(server, tls === undefined ? 'smpp' : 'smpps');
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket) => smsc.#serve(socket, answers, options));
    return smsc;
  }

  private constructor(server: Server, scheme: string) {
    const address = server.address();
    this.#server = server;
    this.url = `${scheme}://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  get commands(): readonly string[] {
    return this.received.map(({ command }) => command);
  }

  async close(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, answers: Answers, { connect, isDeaf = false }: ScriptOptions): void {
    const client = new Client(socket);
    const framer = new Framer();
    this.clients.push(client);
    socket.setNoDelay();
    socket.on('error', () => undefined); // resets are what some tests are about
    socket.on('data', (chunk: Buffer) => {
      if (isDeaf) return;
      for (const frame of framesOf(framer, chunk, socket)) {
        const pdu = decode(frame);
        this.received.push(pdu);
        (answers[pdu.command] ?? POLITE[pdu.command])?.(client, pdu);
      }
    });
    connect?.(client);
  }
}

/** Leaves a client that does not speak SMPP, as one that tries TLS. */
function framesOf(framer: Framer, chunk: Buffer, socket: Socket): readonly Buffer[] {
  try {
    return [...framer.push(chunk)];
  } catch {
    socket.destroy();
    return [];
  }
}
