import type { Pdu, PduFields } from '../smpp/codec.ts';

const SMSC_DELIVERY_RECEIPT = 0x04;
const STATES = {
  delivered: { word: 'DELIVRD', error: '000', state: 2 },
  failed: { word: 'UNDELIV', error: '001', state: 5 },
} as const;

/** The `deliver_sm` that reports a submit, in the text form of SMPP 3.4's appendix B and with the TLVs. */
export function receiptFields(submit: Pdu, id: string, outcome: keyof typeof STATES): PduFields {
  const { word, error, state } = STATES[outcome];
  const { fields } = submit;
  const now = new Date().toISOString().replace(/\D/g, '').slice(2, 12);
  const delivered = outcome === 'delivered' ? '001' : '000';
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
