import type { Socket } from 'node:net';
import { decode, encode, type Pdu, type PduFields } from '../smpp/codec.ts';
import type { Behaviour, Mood } from './smsc-behaviour.ts';
import type { SmscInbox } from './smsc-inbox.ts';
import type { MessageLog } from './smsc-messages.ts';
import { receiptFields } from './smsc-receipt.ts';
import type { SmscRecords } from './smsc-records.ts';

const WRONG_BIND_STATE = 0x04;
const ALREADY_BOUND = 0x05;
const UNKNOWN_COMMAND = 0x03;
const WRONG_PASSWORD = 0x0e;
const WRONG_SYSTEM_ID = 0x0f;

export interface SmscCredentials {
  /** Only binds with these are accepted [any bind is]. */
  readonly systemId?: string;
  readonly password?: string;
}

/** What all sessions of one simulator share. */
export interface SmscState {
  readonly mood: Mood;
  readonly messages: MessageLog;
  readonly inbox: SmscInbox;
  readonly records: SmscRecords;
  readonly options: SmscCredentials;
}

/** One client's connection, from its first byte on. */
export class SmscSession {
  readonly #socket: Socket;
  readonly #smsc: SmscState;
  #bound = '';
  #sequence = 0;

  constructor(socket: Socket, smsc: SmscState) {
    this.#socket = socket;
    this.#smsc = smsc;
  }

  /** Answers one PDU, given as its bytes. */
  take(bytes: Buffer): void {
    if (this.#smsc.mood.now.isDead) return;
    const pdu = decode(bytes);
    if (pdu.isResponse) return;
    this.#smsc.records.add(pdu);
    if (pdu.command.startsWith('bind_')) this.#bind(pdu);
    else if (pdu.command === 'submit_sm') this.#submit(pdu);
    else if (pdu.command === 'enquire_link') this.#answer(pdu);
    else if (pdu.command === 'unbind') this.#unbind(pdu);
    else this.#send('generic_nack', pdu.sequence, {}, UNKNOWN_COMMAND);
  }

  drop(): void {
    this.#socket.destroy();
  }

  #bind(pdu: Pdu): void {
    const refusal = this.#bound === '' ? checkCredentials(pdu, this.#smsc.options) : ALREADY_BOUND;
    const status = this.#smsc.mood.now.bindStatus ?? refusal;
    if (status === 0) this.#bound = pdu.command;
    this.#answer(pdu, { system_id: 'simulator' }, status);
  }

  #unbind(pdu: Pdu): void {
    this.#bound = '';
    this.#answer(pdu);
    this.#socket.end();
  }

  #submit(pdu: Pdu): void {
    if (this.#bound === '' || this.#bound === 'bind_receiver') {
      this.#answer(pdu, {}, WRONG_BIND_STATE);
      return;
    }
    const behaviour = this.#smsc.mood.forSubmit();
    const status = behaviour.submitStatus ?? 0;
    const id = this.#smsc.inbox.take(pdu, status !== 0);
    if (behaviour.reaction === 'drop') this.drop();
    else if (behaviour.reaction !== 'silence') this.#answerSubmit(pdu, id, status, behaviour);
  }

  #answerSubmit(pdu: Pdu, id: string, status: number, behaviour: Behaviour): void {
    const answer = (): void => {
      this.#answer(pdu, { message_id: id }, status);
      if (status === 0) this.#report(pdu, id, behaviour.receipt ?? 'delivered');
    };
    const milliseconds = behaviour.answerAfterMilliseconds ?? 0;
    if (milliseconds === 0) answer();
    else setTimeout(answer, milliseconds).unref();
  }

  #report(submit: Pdu, id: string, receipt: NonNullable<Behaviour['receipt']>): void {
    if (receipt === 'none') return;
    this.#smsc.messages.setStatus(id, receipt);
    const isWanted = (Number(submit.fields.registered_delivery) & 1) === 1;
    if (!isWanted || this.#bound !== 'bind_transceiver') return;
    this.#sequence += 1;
    this.#send('deliver_sm', this.#sequence, receiptFields(submit, id, receipt));
  }

  #answer(pdu: Pdu, fields: PduFields = {}, status = 0): void {
    this.#send(`${pdu.command}_resp`, pdu.sequence, fields, status);
  }

  #send(command: string, sequence: number, fields: PduFields, status = 0): void {
    if (this.#socket.writable) this.#socket.write(encode(command, sequence, fields, status));
  }
}

function checkCredentials({ fields }: Pdu, { systemId, password = '' }: SmscCredentials): number {
  if (systemId === undefined) return 0;
  if (fields.system_id !== systemId) return WRONG_SYSTEM_ID;
  return fields.password === password ? 0 : WRONG_PASSWORD;
}
