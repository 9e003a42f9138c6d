import type { PduFields } from '../../smpp/codec.ts';
import type { SmscSession } from './session.ts';

/** A receipt that waits for somebody of this account to take it. */
interface WaitingReceipt {
  readonly systemId: string;
  readonly fields: PduFields;
}

const KEPT = 1000;

/** All connections, and the receipts that go to any of an account's. */
export class SmscSessions {
  readonly #all = new Set<SmscSession>();
  /** The last 1000. */
  #waiting: WaitingReceipt[] = [];

  get boundCount(): number {
    return this.#bound().length;
  }

  add(session: SmscSession): void {
    this.#all.add(session);
  }

  delete(session: SmscSession): void {
    this.#all.delete(session);
  }

  /** To the session that sent the message, or else to another of its account, or to the next one that binds. */
  report(sender: SmscSession, fields: PduFields): void {
    const { systemId } = sender;
    const others = this.#bound().filter((session) => session.systemId === systemId);
    const receiver = [sender, ...others].find(({ takesReceipts }) => takesReceipts);
    if (receiver !== undefined) receiver.request('deliver_sm', fields);
    else if (this.#waiting.push({ systemId, fields }) > KEPT) this.#waiting.shift();
  }

  /** Brings what waited for this session. */
  welcome(session: SmscSession): void {
    if (!session.takesReceipts) return;
    const isForIt = ({ systemId }: WaitingReceipt) => systemId === session.systemId;
    for (const { fields } of this.#waiting.filter(isForIt)) session.request('deliver_sm', fields);
    this.#waiting = this.#waiting.filter((receipt) => !isForIt(receipt));
  }

  /** Asks every bind; resolves once each has answered, or is closed. */
  async ask(command: 'enquire_link' | 'unbind'): Promise<void> {
    await Promise.all(this.#bound().map((session) => session.ask(command)));
  }

  #bound(): readonly SmscSession[] {
    return [...this.#all].filter(({ isBound }) => isBound);
  }
}
