import type { Socket } from 'node:net';
import { encode, type Pdu, type PduFields } from '../../smpp/pdu.ts';
import type { SmscCredentials, SmscPeer, SmscState } from './sessions.ts';
import { SmscSubmissions } from './submissions.ts';

const INVALID_LENGTH = 0x02;
const UNKNOWN_COMMAND = 0x03;
const WRONG_BIND_STATE = 0x04;
const ALREADY_BOUND = 0x05;
const BIND_FAILED = 0x0d;
const WRONG_PASSWORD = 0x0e;
const WRONG_SYSTEM_ID = 0x0f;

/** One client's connection, from its first PDU on. */
export class SmscSession implements SmscPeer {
  readonly #socket: Socket;
  readonly #smsc: SmscState;
  readonly #submissions: SmscSubmissions;
  /** By sequence number, what waits for the client's answer. */
  readonly #asked = new Map<number, () => void>();
  /** As `bind_transceiver`; empty while it is not bound. */
  #bindCommand = '';
  #systemId = '';
  #sequence = 0;

  constructor(socket: Socket, smsc: SmscState) {
    this.#socket = socket;
    this.#smsc = smsc;
    this.#submissions = new SmscSubmissions(this, socket, smsc);
    socket.on('close', () => {
      this.#bindCommand = '';
      for (const settle of this.#asked.values()) settle();
    });
  }

  get isBound(): boolean {
    return this.#bindCommand !== '';
  }

  get takesReceipts(): boolean {
    return this.#bindCommand === 'bind_transceiver' || this.#bindCommand === 'bind_receiver';
  }

  get systemId(): string {
    return this.#systemId;
  }

  /** Answers one PDU. */
  receive(pdu: Pdu): void {
    const { behaviours, records } = this.#smsc;
    if (!pdu.isResponse) records.add(pdu);
    if (behaviours.forConnections.isDead) return;
    if (pdu.isResponse) this.#settle(pdu);
    else if (pdu.command.startsWith('bind_')) this.#bind(pdu);
    else if (pdu.command === 'submit_sm') this.#submit(pdu);
    else if (pdu.command === 'enquire_link') this.#answer(pdu);
    else if (pdu.command === 'unbind') this.#unbind(pdu);
    else this.#refuse(pdu);
  }

  /** Resolves once the client has answered, or is gone. */
  ask(command: string): Promise<void> {
    this.request(command);
    return new Promise((resolve) => this.#asked.set(this.#sequence, resolve));
  }

  /** Sends a request; the answer does not matter. */
  request(command: string, fields: PduFields = {}): void {
    this.#sequence += 1;
    this.write(encode(command, this.#sequence, fields));
  }

  /** Writes nothing if it is dead, or if the connection has ended. */
  write(bytes: Buffer): void {
    if (!this.#socket.writable || this.#smsc.behaviours.forConnections.isDead) return;
    // A client that does not read is not read either: else the answers pile up.
    if (!this.#socket.write(bytes)) this.#socket.pause();
  }

  #settle({ command, sequence }: Pdu): void {
    this.#asked.get(sequence)?.();
    this.#asked.delete(sequence);
    if (command === 'unbind_resp') this.#submissions.onceAnswered(() => this.#socket.end());
  }

  #bind(pdu: Pdu): void {
    const status = this.#bindStatus(pdu);
    if (status === 0) {
      this.#bindCommand = pdu.command;
      this.#systemId = String(pdu.fields.system_id);
    }
    this.#answer(pdu, { system_id: 'simulator' }, status);
    if (status === 0) this.#smsc.sessions.welcome(this);
  }

  #bindStatus(pdu: Pdu): number {
    const { behaviours, sessions, credentials } = this.#smsc;
    const { bindStatus, maxBinds } = behaviours.forConnections;
    const isRefused = maxBinds === undefined ? bindStatus !== undefined : sessions.boundCount >= maxBinds;
    if (isRefused) return bindStatus ?? BIND_FAILED;
    return this.isBound ? ALREADY_BOUND : checkCredentials(pdu, credentials);
  }

  #unbind(pdu: Pdu): void {
    this.#bindCommand = '';
    this.#answer(pdu);
    this.#socket.end();
  }

  #refuse({ command, sequence }: Pdu): void {
    const status = command === 'malformed' ? INVALID_LENGTH : UNKNOWN_COMMAND;
    this.write(encode('generic_nack', sequence, {}, status));
  }

  #submit(pdu: Pdu): void {
    if (!this.isBound || this.#bindCommand === 'bind_receiver') {
      this.#answer(pdu, {}, WRONG_BIND_STATE);
      return;
    }
    this.#submissions.receive(pdu);
  }

  #answer({ command, sequence }: Pdu, fields: PduFields = {}, status = 0): void {
    this.write(encode(`${command}_resp`, sequence, fields, status));
  }
}

/** The `command_status` that a bind deserves; 0 if it is right. */
function checkCredentials({ fields }: Pdu, { systemId, password = '' }: SmscCredentials): number {
  if (systemId === undefined) return 0;
  if (fields.system_id !== systemId) return WRONG_SYSTEM_ID;
  return fields.password === password ? 0 : WRONG_PASSWORD;
}
