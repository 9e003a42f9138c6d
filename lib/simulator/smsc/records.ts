import type { Pdu } from '../../smpp/codec.ts';

/** A request as it was on the wire: fields by their SMPP names, `short_message` as bytes. */
export type SubmitRecord = Pick<Pdu, 'fields' | 'tlvs' | 'sequence'>;

const KEPT = 1000;

/** The last 1000 submits and binds, oldest first, for assertions. */
export class SmscRecords {
  readonly submits: SubmitRecord[] = [];
  readonly binds: SubmitRecord[] = [];

  add(pdu: Pdu): void {
    if (pdu.command === 'submit_sm') keep(this.submits, pdu);
    if (pdu.command.startsWith('bind_')) keep(this.binds, pdu);
  }
}

function keep(list: SubmitRecord[], { fields, tlvs, sequence }: Pdu): void {
  list.push({ fields, tlvs, sequence });
  if (list.length > KEPT) list.shift();
}
