import type { Socket } from 'node:net';
import { encode, type Pdu } from '../../smpp/pdu.ts';
import type { IdForm, MessageBehaviour, Reaction } from './behaviour.ts';
import { receiptFields, shownStatus } from './receipt.ts';
import type { SmscPeer, SmscState } from './sessions.ts';
import { readPart } from './text.ts';

const SYSTEM_ERROR = 0x08;
const INVALID_SOURCE = 0x0a;
const MISSING_TLV = 0xc3;
/** SMPP 3.4, section 3.2: no PDU is shorter than its header. */
const TOO_SHORT = 5;

/** Answers the messages of one session and sends their receipts. */
export class SmscSubmissions {
  readonly #session: SmscPeer;
  readonly #socket: Socket;
  readonly #smsc: SmscState;
  readonly #order = new AnswerOrder();
  /** Messages without an answer. */
  #open = 0;
  #onAnswered: (() => void) | undefined;

  constructor(session: SmscPeer, socket: Socket, smsc: SmscState) {
    this.#session = session;
    this.#socket = socket;
    this.#smsc = smsc;
  }

  receive(submit: Pdu): void {
    const behaviour = this.#smsc.behaviours.forSubmit(submit);
    const id = this.#smsc.assembler.assemble(submit, statusOf(behaviour, submit) !== 0);
    const { answerAfterMilliseconds, answerAfterSubmits = 0, reaction } = behaviour;
    this.#open += 1;
    if (reaction === 'unbind') void this.#session.ask('unbind');
    const answer = (): void => {
      this.#answer(submit, id, behaviour);
      this.#open -= 1;
      if (this.#open === 0) this.#onAnswered?.();
    };
    after(answerAfterMilliseconds, () => this.#order.enqueue(answer, answerAfterSubmits));
  }

  /** Calls back once, when all messages have their answers. */
  onceAnswered(callback: () => void): void {
    this.#onAnswered = callback;
    if (this.#open === 0) callback();
  }

  #answer(submit: Pdu, id: string, behaviour: MessageBehaviour): void {
    const { reaction = 'answer', isReceiptFirst, idInAnswer = 'hex' } = behaviour;
    const status = statusOf(behaviour, submit);
    const report = (): void => this.#report(submit, id, behaviour);
    if (isReceiptFirst && status === 0) report();
    this.#session.write(answerBytes(submit.sequence, writeId(id, idInAnswer), status, reaction));
    if (reaction === 'drop') this.#socket.destroy();
    else if (reaction === 'cutShort') this.#socket.end();
    else if ((reaction === 'answer' || reaction === 'unbind') && status === 0 && !isReceiptFirst)
      after(behaviour.receiptAfterMilliseconds, report);
  }

  #report(submit: Pdu, id: string, behaviour: MessageBehaviour): void {
    const { receipts = 1, secondReceipt, idInAnswer = 'hex', idInReceipt = idInAnswer } = behaviour;
    const receipt = receiptOf(submit, behaviour);
    if (receipt === 'none') return;
    this.#smsc.messages.setStatus(id, shownStatus(receipt));
    if ((Number(submit.fields.registered_delivery) & 1) === 0) return;
    const all = Array.from({ length: receipts }, () => receipt);
    for (const state of secondReceipt === undefined ? all : [...all, secondReceipt]) {
      this.#smsc.sessions.report(this.#session, receiptFields(submit, writeId(id, idInReceipt), state));
    }
  }
}

/** Without a time, at once: the next message keeps its place. */
function after(milliseconds: number | undefined, job: () => void): void {
  if (milliseconds) setTimeout(job, milliseconds).unref();
  else job();
}

/** The word of the receipt of this message, or of this part of it. */
function receiptOf(submit: Pdu, { receipt = 'delivered', receiptOfParts = [] }: MessageBehaviour) {
  const { concatenation } = readPart(submit);
  return (concatenation && receiptOfParts[concatenation.index - 1]) ?? receipt;
}

/** The status that refuses the message; 0 if it is taken. */
function statusOf(behaviour: MessageBehaviour, { fields, tlvs }: Pdu): number {
  const { submitStatus, reaction, senders, requiredTlvs = [] } = behaviour;
  if (requiredTlvs.some((tag) => !tlvs.has(tag))) return MISSING_TLV;
  if (senders !== undefined) return senders.includes(String(fields.source_addr)) ? 0 : (submitStatus ?? INVALID_SOURCE);
  return submitStatus ?? (reaction === 'nack' ? SYSTEM_ERROR : 0);
}

/** The id, which is hexadecimal, as this SMSC writes it. */
function writeId(id: string, form: IdForm): string {
  if (form === 'hex') return id;
  if (form === 'upperHex') return id.toUpperCase();
  const decimal = BigInt(`0x${id}`).toString();
  return form === 'decimal' ? decimal : decimal.padStart(20, '0');
}

/** The bytes with which a submit is answered; none if there is no answer. */
function answerBytes(sequence: number, id: string, status: number, reaction: Reaction): Buffer {
  const answer = encode('submit_sm_resp', sequence, { message_id: id }, status);
  switch (reaction) {
    case 'answer':
    case 'unbind':
      return answer;
    case 'withoutNul':
      answer.writeUInt32BE(answer.length - 1);
      return answer.subarray(0, -1);
    case 'nack':
      return encode('generic_nack', sequence, {}, status);
    case 'cutShort':
      return answer.subarray(0, answer.length / 2);
    case 'shortLength':
      answer.writeUInt32BE(TOO_SHORT);
      return answer;
    case 'longLength':
      answer.writeUInt32BE(answer.length + 16);
      return answer;
    case 'garbage':
      return Buffer.alloc(64, 0xff);
    case 'silence':
    case 'drop':
      return Buffer.alloc(0);
  }
}

/** Answers of one connection, some of which wait for the answers to later messages. */
class AnswerOrder {
  #waiting: { submitsLeft: number; readonly answer: () => void }[] = [];

  /** Answers now, or after so many that come later. */
  enqueue(answer: () => void, afterSubmits: number): void {
    if (afterSubmits > 0) {
      this.#waiting.push({ submitsLeft: afterSubmits, answer });
      return;
    }
    answer();
    for (const waiting of this.#waiting) waiting.submitsLeft -= 1;
    const due = this.#waiting.filter(({ submitsLeft }) => submitsLeft === 0);
    this.#waiting = this.#waiting.filter(({ submitsLeft }) => submitsLeft > 0);
    for (const { answer: late } of due) late();
  }
}
