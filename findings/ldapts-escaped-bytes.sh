#!/bin/sh
# escapeFilter of ldapts 9.2.0 writes the bytes of a Buffer so that the client of the same version sends other bytes.
#
# RFC 4515, section 3: `\c3` in a filter stands for one byte. The tag `escapeFilter` writes a Buffer so; the reader of a
# filter given as text takes each pair for one character and encodes that as UTF-8, so every byte from 80 on becomes two.
# A search by objectGUID or by a certificate's fingerprint finds nobody, without an error; of 16 random bytes 8 are such.
# A filter object with the Buffer as its value sends the right bytes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ldapts@9.2.0 >/dev/null
cat >run.mjs <<'JS'
import { BerWriter, EqualityFilter, escapeFilter, FilterParser } from 'ldapts';

const value = Buffer.from('01fe7f80', 'hex');
const text = escapeFilter`(objectGUID=${value})`;
const sent = (filter) => {
  const writer = new BerWriter();
  filter.write(writer);
  return writer.buffer.subarray(-writer.buffer.at(15)).toString('hex');
};
console.log(`text     ${text}`);
console.log(`by text  ${sent(FilterParser.parseString(text))}`);
console.log(`by value ${sent(new EqualityFilter({ attribute: 'objectGUID', value }))}`);
JS
node run.mjs | tee seen
cat >expected <<'TXT'
text     (objectGUID=\01\fe\7f\80)
by text  01c3be7fc280
by value 01fe7f80
TXT
diff expected seen && echo 'As described.'
