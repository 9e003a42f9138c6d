import type { Socket } from 'node:net';
import { encode, type Pdu } from '../../smpp/pdu.ts';
import type { IdForm, MessageBehaviour, Reaction } from './behaviour.ts';
import { receiptFields, shownStatus } from './receipt.ts';
import type { SmscPeer, SmscState } from './sessions.ts';

const SYSTEM_ERROR = 0x08;
/** SMPP 3.4, section 3.2: no PDU is shorter than its header. */
const TOO_SHORT = 5;

/** What becomes of the messages of one session. */
export class SmscSubmissions {
  readonly #session: SmscPeer;
  readonly #socket: Socket;
  readonly #smsc: SmscState;
  readonly #order = new AnswerOrder();

  constructor(session: SmscPeer, socket: Socket, smsc: SmscState) {
    this.#session = session;
    this.#socket = socket;
    this.#smsc = smsc;
  }

  receive(submit: Pdu): void {
    const behaviour = this.#smsc.behaviours.forSubmit(submit);
    const id = this.#smsc.assembler.assemble(submit, statusOf(behaviour) !== 0);
    const { answerAfterMilliseconds, answerAfterSubmits = 0 } = behaviour;
    const answer = (): void => this.#answer(submit, id, behaviour);
    after(answerAfterMilliseconds, () => this.#order.enqueue(answer, answerAfterSubmits));
  }

  #answer(submit: Pdu, id: string, behaviour: MessageBehaviour): void {
    const { reaction = 'answer', isReceiptFirst, idInAnswer = 'hex' } = behaviour;
    const status = statusOf(behaviour);
    const report = (): void => this.#report(submit, id, behaviour);
    if (isReceiptFirst && status === 0) report();
    this.#session.write(answerBytes(submit.sequence, writeId(id, idInAnswer), status, reaction));
    if (reaction === 'drop') this.#socket.destroy();
    else if (reaction === 'cutShort') this.#socket.end();
    else if (reaction === 'answer' && status === 0 && !isReceiptFirst)
      after(behaviour.receiptAfterMilliseconds, report);
  }

  #report(submit: Pdu, id: string, behaviour: MessageBehaviour): void {
    const { receipt = 'delivered', receipts = 1, idInAnswer = 'hex', idInReceipt = idInAnswer } = behaviour;
    if (receipt === 'none') return;
    this.#smsc.messages.setStatus(id, shownStatus(receipt));
    if ((Number(submit.fields.registered_delivery) & 1) === 0) return;
    const fields = receiptFields(submit, writeId(id, idInReceipt), receipt);
    for (let time = 0; time < receipts; time += 1) this.#smsc.sessions.report(this.#session, fields);
  }
}

/** Without a time, at once: the next message keeps its place. */
function after(milliseconds: number | undefined, job: () => void): void {
  if (milliseconds) setTimeout(job, milliseconds).unref();
  else job();
}

/** The status that refuses the message; 0 if it is taken. */
function statusOf({ submitStatus, reaction }: MessageBehaviour): number {
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
      return answer;
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
