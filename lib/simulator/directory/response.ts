import { BerWriter, ProtocolOperation } from 'ldapts';
import type { DirectoryOutcome } from './behaviour.ts';
import type { DirectoryEntry } from './entry.ts';

const REFERRAL = 0xa3;

/** All messages that answer a request (RFC 4511, section 4). */
export function answerMessages(id: number, requestTag: number, outcome: DirectoryOutcome): Buffer {
  const { entries = [], references = [] } = outcome;
  return Buffer.concat([
    ...entries.map((entry) => entryMessage(id, entry)),
    ...references.map((url) => referenceMessage(id, url)),
    resultMessage(id, requestTag, outcome),
  ]);
}

/** Each response's tag is the one after its request's, a search's the one after that. */
function resultMessage(id: number, requestTag: number, { resultCode, text = '', referral }: DirectoryOutcome): Buffer {
  const isSearch = requestTag === ProtocolOperation.LDAP_REQ_SEARCH;
  const responseTag = 0x60 | ((requestTag & 0x1f) + (isSearch ? 2 : 1));
  return message(id, responseTag, (writer) => {
    writer.writeEnumeration(resultCode);
    writer.writeString('');
    writer.writeString(text);
    if (referral === undefined) return;
    writer.startSequence(REFERRAL);
    writer.writeStringArray([...referral]);
    writer.endSequence();
  });
}

function entryMessage(id: number, entry: DirectoryEntry): Buffer {
  return message(id, ProtocolOperation.LDAP_RES_SEARCH_ENTRY, (writer) => {
    writer.writeString(entry.dn);
    writer.startSequence();
    for (const [name, values] of Object.entries(entry.attributes)) {
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(ProtocolOperation.LBER_SET);
      writer.writeStringArray([...values]);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });
}

function referenceMessage(id: number, url: string): Buffer {
  return message(id, ProtocolOperation.LDAP_RES_SEARCH_REF, (writer) => writer.writeString(url));
}

function message(id: number, tag: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(tag);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}
