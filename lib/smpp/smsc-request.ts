import { encode, type Pdu } from './codec.ts';

const INVALID_LENGTH = 0x02;
const INVALID_COMMAND = 0x03;
const KNOWN = ['enquire_link', 'unbind', 'deliver_sm', 'data_sm'];

/** What to answer to an SMSC that asks; nothing to the one request that has no answer. */
export function answerTo({ command, sequence }: Pdu): Buffer | undefined {
  if (command === 'alert_notification') return undefined;
  if (KNOWN.includes(command)) return encode(`${command}_resp`, sequence);
  return encode('generic_nack', sequence, {}, command === 'malformed' ? INVALID_LENGTH : INVALID_COMMAND);
}

/** Whether it brings a receipt, or a message from somebody. */
export function isDelivery({ command }: Pdu): boolean {
  return command === 'deliver_sm' || command === 'data_sm';
}
