import type { Pdu, PduFields } from '../../smpp/pdu.ts';
import type { ReceivedMessage } from './messages.ts';

const SMSC_DELIVERY_RECEIPT = 0x04;

/** SMPP 3.4, section 5.2.28 and appendix B; `shown` is the status on the phone. */
const STATES = {
  delivered: { word: 'DELIVRD', error: '000', state: 2, shown: 'delivered' },
  /** Undeliverable. */
  failed: { word: 'UNDELIV', error: '001', state: 5, shown: 'failed' },
  expired: { word: 'EXPIRED', error: '002', state: 3, shown: 'failed' },
  deleted: { word: 'DELETED', error: '003', state: 4, shown: 'failed' },
  rejected: { word: 'REJECTD', error: '004', state: 8, shown: 'failed' },
  unknown: { word: 'UNKNOWN', error: '000', state: 7, shown: 'accepted' },
  accepted: { word: 'ACCEPTD', error: '000', state: 6, shown: 'accepted' },
  enroute: { word: 'ENROUTE', error: '000', state: 1, shown: 'accepted' },
} as const satisfies Record<string, { word: string; error: string; state: number; shown: ReceivedMessage['status'] }>;

/** The words of a receipt; the last two are not final. */
export type ReceiptState = keyof typeof STATES;

export const RECEIPT_STATES = Object.keys(STATES) as ReceiptState[];

/** The fate of the message on the phone. */
export function shownStatus(state: ReceiptState): ReceivedMessage['status'] {
  return STATES[state].shown;
}

/** The `deliver_sm` that reports a submit, in the text form of SMPP 3.4's appendix B and with the TLVs. */
export function receiptFields({ fields }: Pdu, id: string, receipt: ReceiptState): PduFields {
  const { word, error, state } = STATES[receipt];
  const now = new Date().toISOString().replace(/\D/g, '').slice(2, 12);
  const delivered = receipt === 'delivered' ? '001' : '000';
  const text = `id:${id} sub:001 dlvrd:${delivered} submit date:${now} done date:${now} stat:${word} err:${error} text:`;
  return {
    source_addr_ton: fields.dest_addr_ton,
    source_addr_npi: fields.dest_addr_npi,
    source_addr: fields.destination_addr,
    dest_addr_ton: fields.source_addr_ton,
    dest_addr_npi: fields.source_addr_npi,
    destination_addr: fields.source_addr,
    esm_class: SMSC_DELIVERY_RECEIPT,
    data_coding: 0,
    short_message: Buffer.from(text, 'latin1'),
    receipted_message_id: id,
    message_state: state,
  };
}
