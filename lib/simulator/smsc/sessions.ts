import type { PduFields } from '../../smpp/pdu.ts';
import type { SmscBehaviours } from './behaviour.ts';
import type { MessageAssembler, MessageLog, SmscRecords } from './messages.ts';

export interface SmscCredentials {
  /** Only binds with these are accepted. @default any is */
  readonly systemId?: string;
  readonly password?: string;
}

/** The state that all sessions of one simulator share. */
export interface SmscState {
  readonly behaviours: SmscBehaviours;
  readonly messages: MessageLog;
  readonly assembler: MessageAssembler;
  readonly records: SmscRecords;
  readonly sessions: SmscSessions;
  readonly credentials: SmscCredentials;
}

/** One client's connection. */
export interface SmscPeer {
  readonly isBound: boolean;
  readonly takesReceipts: boolean;
  readonly systemId: string;
  write(bytes: Buffer): void;
  request(command: string, fields?: PduFields): unknown;
  /** Resolves once the client has answered, or is gone. */
  ask(command: string): Promise<void>;
}

/** A receipt that waits for somebody of this account to take it. */
interface WaitingReceipt {
  readonly systemId: string;
  readonly fields: PduFields;
}

const KEPT = 1000;

/** All connections, and the receipts that go to any of an account's. */
export class SmscSessions {
  readonly #all = new Set<SmscPeer>();
  /** The last 1000. */
  #waiting: WaitingReceipt[] = [];

  get boundCount(): number {
    return this.#bound().length;
  }

  add(session: SmscPeer): void {
    this.#all.add(session);
  }

  delete(session: SmscPeer): void {
    this.#all.delete(session);
  }

  /** To the session that sent the message, or else to another of its account, or to the next one that binds. */
  report(sender: SmscPeer, fields: PduFields): void {
    const { systemId } = sender;
    const others = this.#bound().filter((session) => session.systemId === systemId);
    const receiver = [sender, ...others].find(({ takesReceipts }) => takesReceipts);
    if (receiver !== undefined) receiver.request('deliver_sm', fields);
    else if (this.#waiting.push({ systemId, fields }) > KEPT) this.#waiting.shift();
  }

  /** Brings what waited for this session. */
  welcome(session: SmscPeer): void {
    if (!session.takesReceipts) return;
    const isForIt = ({ systemId }: WaitingReceipt) => systemId === session.systemId;
    for (const { fields } of this.#waiting.filter(isForIt)) session.request('deliver_sm', fields);
    this.#waiting = this.#waiting.filter((receipt) => !isForIt(receipt));
  }

  /** Asks every bind; resolves once each has answered, or is closed. */
  async ask(command: 'enquire_link' | 'unbind'): Promise<void> {
    await Promise.all(this.#bound().map((session) => session.ask(command)));
  }

  #bound(): readonly SmscPeer[] {
    return [...this.#all].filter(({ isBound }) => isBound);
  }
}
