import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';

const PATIENCE_MILLISECONDS = 10_000;

/** Everybody's phone: servers and the SMSC connect to it and write lines of a number and a code. */
export class Phone {
  readonly port: number;
  readonly #server: Server;
  readonly #arrived = new Map<string, string>();
  readonly #waiting = new Map<string, (code: string) => void>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      createInterface(socket).on('line', (line) => this.#take(line));
    });
  }

  static async start(): Promise<Phone> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Phone(server);
  }

  /** The next code for this number; rejects if none comes. */
  code(number: string): Promise<string> {
    const arrived = this.#arrived.get(number);
    this.#arrived.delete(number);
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No code for ${number}.`)), PATIENCE_MILLISECONDS);
      this.#waiting.set(number, (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
  }

  close(): void {
    this.#server.close();
  }

  #take(line: string): void {
    const [number = '', code = ''] = line.split(' ');
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (waiting === undefined) this.#arrived.set(number, code);
    else waiting(code);
  }
}
