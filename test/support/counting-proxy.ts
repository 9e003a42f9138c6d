import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** The traffic over the wire since the count began. */
export interface WireCount {
  /** How often something was asked after everything before it was answered. */
  readonly roundTrips: number;
  /** The names of the commands, in their order. */
  readonly commands: readonly string[];
}

/** Stands between a client and a redis-server, and counts what is asked. */
export class CountingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #roundTrips = 0;
  #commands: string[] = [];

  private constructor(server: Server, target: NetConnectOpts) {
    this.#server = server.on('connection', (app) => this.#join(app, connect(target)));
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(target: NetConnectOpts): Promise<CountingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CountingProxy(server, target);
  }

  /** The count so far; it begins anew. */
  take(): WireCount {
    const count = { roundTrips: this.#roundTrips, commands: this.#commands };
    [this.#roundTrips, this.#commands] = [0, []];
    return count;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(app: Socket, redis: Socket): void {
    let isWaiting = false;
    let rest = '';
    for (const socket of [app, redis]) {
      this.#sockets.add(socket.setNoDelay());
      socket.on('error', () => undefined).on('close', () => (socket === app ? redis : app).destroy());
    }
    app.on('data', (chunk) => {
      if (!isWaiting) this.#roundTrips += 1;
      isWaiting = true;
      const { names, left } = readCommands(rest + chunk.toString('latin1'));
      rest = left;
      this.#commands.push(...names);
      redis.write(chunk);
    });
    redis.on('data', (chunk) => {
      isWaiting = false;
      app.write(chunk);
    });
  }
}

/** Commands of RESP: `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`. */
function readCommands(bytes: string): { readonly names: readonly string[]; readonly left: string } {
  const names: string[] = [];
  let begin = 0;
  for (let command = readCommand(bytes, 0); command !== undefined; command = readCommand(bytes, begin)) {
    names.push(command.name);
    begin = command.end;
  }
  return { names, left: bytes.slice(begin) };
}

function readCommand(bytes: string, begin: number): { readonly name: string; readonly end: number } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(bytes.slice(begin, begin + 20)) ?? [];
  if (head === undefined) return undefined;
  let at = begin + head.length;
  let name = '';
  for (let part = 0; part < Number(count); part += 1) {
    const [lengthLine, length] = /^\$(\d+)\r\n/.exec(bytes.slice(at, at + 20)) ?? [];
    if (lengthLine === undefined) return undefined;
    const from = at + lengthLine.length;
    at = from + Number(length) + 2;
    if (at > bytes.length) return undefined;
    if (part === 0) name = bytes.slice(from, at - 2).toUpperCase();
  }
  return { name, end: at };
}
