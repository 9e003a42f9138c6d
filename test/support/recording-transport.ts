import type { DeliveryReceipt, SendResult, SmsMessage, SmsTransport } from '../../lib/domain/ports.ts';

/** Keeps the messages, and takes, refuses or loses them as it is told. */
export class RecordingTransport implements SmsTransport {
  readonly messages: SmsMessage[] = [];
  /** In its answers, as that of a transport with several. */
  route: string | undefined;
  mode: 'accept' | 'unknown' | 'refuse' | 'reject' = 'accept';
  readonly #listeners: ((receipt: DeliveryReceipt) => void)[] = [];

  async send(message: SmsMessage): Promise<SendResult> {
    if (this.mode === 'reject') throw new Error('no SMSC is connected');
    if (this.mode === 'refuse') return { status: 'refused', reason: 'number' };
    this.messages.push(message);
    const way = { smsc: 'test', ...(this.route !== undefined && { route: this.route }) };
    if (this.mode === 'unknown') return { status: 'unknown', ...way };
    return { status: 'accepted', ...way, messageId: String(this.messages.length) };
  }

  onReceipt(listener: (receipt: DeliveryReceipt) => void): void {
    this.#listeners.push(listener);
  }

  /** The code of the last message, or of the last one to a number. */
  lastCode(to?: string): string {
    const message = this.messages.findLast((candidate) => to === undefined || candidate.to === to);
    return codeOf(message?.text ?? '');
  }

  /** Reports on the last message. */
  receipt(state: DeliveryReceipt['state'], reason?: string): void {
    const receipt = { smsc: 'test', messageId: String(this.messages.length), state };
    for (const listener of this.#listeners) listener({ ...receipt, ...(reason !== undefined && { reason }) });
  }
}

function codeOf(text: string): string {
  return /\b\d{6,8}\b/.exec(text)?.[0] ?? '';
}
