import type { Socket } from 'node:net';
import type { Pdu } from '../../smpp/codec.ts';
import { AnswerOrder } from './answer-order.ts';
import type { MessageBehaviour } from './behaviour.ts';
import { receiptFields, shownStatus } from './receipt.ts';
import type { SmscSession, SmscState } from './session.ts';
import { answerBytes, statusOf, writeId } from './submit-answer.ts';

/** What becomes of the messages of one session. */
export class SmscSubmissions {
  readonly #session: SmscSession;
  readonly #socket: Socket;
  readonly #smsc: SmscState;
  readonly #order = new AnswerOrder();

  constructor(session: SmscSession, socket: Socket, smsc: SmscState) {
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

/** At once where there is nothing to wait for: what comes next keeps its place. */
function after(milliseconds: number | undefined, job: () => void): void {
  if (milliseconds) setTimeout(job, milliseconds).unref();
  else job();
}
