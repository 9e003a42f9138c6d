import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { SmscSimulator } from '../../../lib/simulator/smsc/smsc.ts';
import { decode, encode, Framer, type Pdu, type PduFields } from '../../../lib/smpp/pdu.ts';

export const TO = '46701740605';

/** A client that says exactly what it is told. */
export class Client {
  readonly #socket: Socket;
  readonly #framer = new Framer();
  readonly received: Pdu[] = [];
  #sequence = 0;

  constructor(smsc: SmscSimulator) {
    this.#socket = connect(Number(new URL(smsc.url).port), '127.0.0.1');
    this.#socket.setMaxListeners(0).on('error', () => undefined);
    this.#socket.on('data', (chunk: Buffer) => {
      for (const frame of this.#framer.push(chunk)) this.received.push(decode(frame));
    });
  }

  /** Gives the answer. */
  async ask(command: string, fields: PduFields = {}): Promise<Pdu> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    this.#socket.write(encode(command, sequence, fields));
    return this.until((pdu) => pdu.isResponse && pdu.sequence === sequence);
  }

  async submit(text: string | Buffer, fields: PduFields = {}): Promise<Pdu> {
    const common = { source_addr: 'Example', destination_addr: TO, registered_delivery: 1, data_coding: 0 };
    return this.ask('submit_sm', { ...common, short_message: Buffer.from(text), ...fields });
  }

  async until(isWanted: (pdu: Pdu) => boolean): Promise<Pdu> {
    for (;;) {
      const pdu = this.received.find(isWanted);
      if (pdu !== undefined) return pdu;
      await once(this.#socket, 'data');
    }
  }

  write(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  async closed(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
