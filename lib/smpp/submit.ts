import type { SmsMessage } from '../domain/ports.ts';
import { classOf, describeStatus, INVALID_BIND_STATE, INVALID_LENGTH, SmscFailure } from './command-status.ts';
import type { OutgoingPdu } from './connection.ts';
import { normaliseMessageId } from './message-ids.ts';
import type { Pdu } from './pdu.ts';
import { NoResponse, type OpenRequest } from './request-window.ts';
import type { Session } from './session.ts';
import type { StatusClass, StatusClasses } from './smpp-options.ts';
import type { SubmitSmEncoder, SubmitTerms } from './submit-sm.ts';
import { encodeText, type TextFields } from './text-encoding.ts';
import { pauseMilliseconds } from './throttle.ts';

const INVALID_PRIORITY = 0x06;
const INVALID_RECEIPT_FLAG = 0x07;
const INVALID_VALIDITY = 0x62;
const SMSC_DELIVERY_RECEIPT = 1;
/** How often a part goes again to an SMSC that was too busy for it. */
const MOST_RETURNS = 3;
/** A code that lives shorter than this is not worth an SMS. */
export const SHORTEST_LIFE_SECONDS = 20;

/** The result of a message at one SMSC. `lost`: it was written, and there is no telling. */
export type SubmitResult = SubmitAcceptance | SubmitFailure;

interface SubmitAcceptance {
  readonly kind: 'ok';
  readonly messageId: string;
  /** Of all parts but the last. */
  readonly earlierIds?: readonly string[];
  /** The TLVs that the SMSC would not take with it. */
  readonly without?: 'validity' | 'receipt';
}

interface SubmitFailure {
  readonly kind: Exclude<StatusClass, 'ok'> | 'lost';
  readonly reason: string;
  /** The response's `command_status`, if there was one. */
  readonly status?: number;
  /** Whether the SMSC has accepted earlier parts of the message: it cannot be said to have nothing of it. */
  readonly isBegun?: boolean;
}

/** A message on its way to an SMSC. Times are in milliseconds since 1970. */
export interface OutgoingMessage {
  /** Digits only. */
  readonly recipient: string;
  readonly text: string;
  readonly templateId: string | undefined;
  readonly expiresAt: number;
  /** Responses are not waited for any longer. */
  readonly deadline: number;
  /** Later it does not go back to an SMSC that was too busy: the response needs time, and the code a life. */
  readonly lastReturnAt: number;
  /** Called once for each SMSC that it was submitted to. */
  onResult(result: SubmitResult): void;
}

/**
 * Now is in milliseconds since 1970.
 *
 * @throws Error if the number is not E.164, or if the message lives less than 20 seconds from now
 */
export function readMessage({ to, expiresAt: end }: SmsMessage, now: number) {
  const recipient = to.startsWith('+') ? to.slice(1) : to;
  const expiresAt = end.getTime();
  if (!/^[1-9]\d{6,14}$/.test(recipient)) throw new Error('The phone number is not E.164.');
  if (!(expiresAt - now >= SHORTEST_LIFE_SECONDS * 1000)) {
    throw new Error('The message lives less than 20 seconds from now.');
  }
  return { recipient, expiresAt };
}

/** A submit belongs to the bind that it went through. */
export interface SubmitListener {
  onSubmitted(submit: Submit, result: SubmitResult): void;
  /** A part was accepted under this id, and others follow. */
  onPart(messageId: string): void;
  /** The SMSC says that it is too much. */
  onThrottled(message: OutgoingMessage): void;
}

/** One message at one SMSC: its parts go one after the other. */
export class Submit implements OpenRequest, OutgoingPdu {
  readonly responseCommand = 'submit_sm_resp';
  readonly message: OutgoingMessage;
  readonly session: Session;
  readonly parts: readonly TextFields[];
  deadline = 0;
  timeoutMilliseconds = 0;
  readonly #encoder: SubmitSmEncoder;
  readonly #terms: SubmitTerms;
  readonly #listener: SubmitListener;
  #part = 0;
  #returnsOfPart = 0;
  #priority = 0;
  #sentAt = 0;
  #hasValidity: boolean;
  #hasReceipt: boolean;
  /** The TLVs that the SMSC would not take. */
  #without: SubmitAcceptance['without'];
  /** Of the parts that were accepted, but for the last; most messages have none. */
  #earlierIds: string[] | undefined;

  constructor(
    message: OutgoingMessage,
    encoder: SubmitSmEncoder,
    terms: SubmitTerms,
    session: Session,
    listener: SubmitListener,
  ) {
    this.message = message;
    this.session = session;
    this.parts = encodeText(message.text, terms.gsmDataCoding);
    this.#hasValidity = terms.hasValidity;
    this.#hasReceipt = session.hasReceipts;
    this.#encoder = encoder;
    this.#terms = terms;
    this.#listener = listener;
  }

  get mostBytes(): number {
    return this.#encoder.mostBytes;
  }

  /** Sends the next part. */
  send(): void {
    this.#sentAt = Date.now();
    this.#priority = this.#terms.priority;
    this.timeoutMilliseconds = Math.min(this.#terms.responseMilliseconds, this.message.deadline - this.#sentAt);
    this.session.send(this);
  }

  writeTo(bytes: Buffer, start: number, sequence: number): number {
    const { message } = this;
    const part = this.parts[this.#part];
    if (part === undefined) throw new Error('There is no such part.');
    const life = message.expiresAt - this.#sentAt;
    return this.#encoder.write(bytes, start, sequence, {
      destination_addr: message.recipient,
      esm_class: part.esm_class,
      priority_flag: this.#priority,
      validity_period: this.#hasValidity ? this.#terms.validityPeriod(life, this.#sentAt) : '',
      registered_delivery: this.#hasReceipt ? SMSC_DELIVERY_RECEIPT : 0,
      data_coding: part.data_coding,
      short_message: part.short_message,
      tlvs: this.#encoder.tlvs.bytesFor(message.templateId),
    });
  }

  respond(pdu: Pdu): void {
    const { status } = pdu;
    if (status !== 0 && this.#mayTryWithout(status)) {
      this.send();
      return;
    }
    if (status === INVALID_LENGTH || status === INVALID_BIND_STATE) {
      this.session.end(new SmscFailure(`it lost track of the session: ${describeStatus(status)}`));
    }
    const result = readResponse(pdu, this.#terms.classes);
    if (result.kind === 'throttled') this.#listener.onThrottled(this.message);
    if (result.kind === 'throttled' && this.#part > 0) this.#tryPartAgain(result);
    else if (result.kind !== 'ok') this.#refuse(result);
    else if (this.#part + 1 === this.parts.length) this.#finish(this.#accept(result));
    else {
      this.#part += 1;
      this.#returnsOfPart = 0;
      this.#earlierIds = [...(this.#earlierIds ?? []), result.messageId];
      this.#listener.onPart(result.messageId);
      this.send();
    }
  }

  /** The SMSC has earlier parts: the rest is of use only there, and while the code lives. */
  #tryPartAgain(refusal: SubmitFailure): void {
    const { session, message } = this;
    const pause = pauseMilliseconds();
    const mayReturn = (at: number): boolean => session.isBound && at <= message.lastReturnAt;
    if (this.#returnsOfPart === MOST_RETURNS || !mayReturn(Date.now() + pause)) {
      this.#refuse(refusal);
      return;
    }
    this.#returnsOfPart += 1;
    const onEnd = (failure: Error): void => {
      clearTimeout(timer);
      this.fail(failure);
    };
    const timer = setTimeout(() => {
      session.pausing.delete(onEnd);
      if (mayReturn(Date.now())) this.send();
      else this.#refuse(refusal);
    }, pause);
    session.pausing.add(onEnd);
  }

  /** SMSCs that do not take one of these say so, and take the message without it. */
  #mayTryWithout(status: number): boolean {
    if (status === INVALID_PRIORITY && this.#priority > 0) {
      this.#terms.dropPriority();
      return true;
    }
    if (this.#terms.classes[status] !== undefined) return false;
    if (status === INVALID_VALIDITY && this.#hasValidity) {
      this.#hasValidity = false;
      this.#without = 'validity';
      return true;
    }
    if (status !== INVALID_RECEIPT_FLAG || !this.#hasReceipt) return false;
    this.#hasReceipt = false;
    this.#without = 'receipt';
    return true;
  }

  /** An id is of use only if receipts name it. */
  #accept(result: SubmitAcceptance): SubmitAcceptance {
    if (this.#earlierIds === undefined && this.#without === undefined && this.#hasReceipt) return result;
    return {
      kind: 'ok',
      messageId: this.#hasReceipt ? result.messageId : '',
      ...(this.#hasReceipt && this.#earlierIds !== undefined && { earlierIds: this.#earlierIds }),
      ...(this.#without !== undefined && { without: this.#without }),
    };
  }

  /** With `NoResponse` after it was written. */
  fail(error: Error): void {
    this.#refuse(readFailure(error));
  }

  #refuse(failure: SubmitFailure): void {
    this.#finish({ ...failure, isBegun: this.#part > 0 });
  }

  #finish(result: SubmitResult): void {
    this.#listener.onSubmitted(this, result);
  }
}

/** Only a `submit_sm_resp` with status 0 is a success. */
function readResponse({ command, status, fields }: Pdu, ownClasses: StatusClasses): SubmitResult {
  const kind = classOf(status, ownClasses);
  if (kind !== 'ok') return { kind, status, reason: `refused the message: ${describeStatus(status)}` };
  if (command !== 'submit_sm_resp') return { kind: 'transient', reason: `refused the message: ${command}` };
  return { kind, messageId: normaliseMessageId(fields.message_id) };
}

function readFailure(error: Error): SubmitFailure {
  const { message } = error;
  if (error instanceof NoResponse) return { kind: 'lost', reason: `may or may not have the message: ${message}` };
  return { kind: 'session', reason: `did not get the message: ${message}` };
}
