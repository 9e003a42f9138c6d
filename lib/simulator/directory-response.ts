import { BerWriter, ProtocolOperation } from 'ldapts';
import type { DirectoryEntry } from './directory-entry.ts';

/** The end of an operation. `requestTag` is the request's; each response's tag is the next one, a search's the one after. */
export function resultMessage(id: number, requestTag: number, resultCode: number, text = ''): Buffer {
  const isSearch = requestTag === ProtocolOperation.LDAP_REQ_SEARCH;
  const responseTag = 0x60 | ((requestTag & 0x1f) + (isSearch ? 2 : 1));
  return message(id, responseTag, (writer) => {
    writer.writeEnumeration(resultCode);
    writer.writeString('');
    writer.writeString(text);
  });
}

/** One entry of a search's answer. */
export function entryMessage(id: number, entry: DirectoryEntry): Buffer {
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
