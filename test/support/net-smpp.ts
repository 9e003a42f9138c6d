import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('net-smpp-smsc.pl', import.meta.url));

/** A PDU as Net::SMPP reads it: its fields by the specification's names, `short_message` in hexadecimal. */
type PerlPdu = Readonly<Record<string, string | number>>;

/** An SMSC in Perl that takes one client after the other; see the script. */
export class NetSmppSmsc {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** All that came, in its order. */
  readonly received: readonly PerlPdu[];
  readonly #process: ChildProcess;

  static async start(): Promise<NetSmppSmsc> {
    const process = spawn('perl', [SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: process.stdout });
    const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
    if (line === undefined) throw new Error('Net::SMPP did not start.');
    const received: PerlPdu[] = [];
    lines.on('line', (pdu) => received.push(JSON.parse(pdu)));
    return new NetSmppSmsc(process, JSON.parse(line).port, received);
  }

  private constructor(process: ChildProcess, port: number, received: readonly PerlPdu[]) {
    this.#process = process;
    this.port = port;
    this.received = received;
  }

  get commands(): readonly unknown[] {
    return this.received.map(({ command }) => command);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }
}
